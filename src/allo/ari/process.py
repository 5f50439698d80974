"""Asterisk as a child process: finds it, writes its configuration, says how to start it.

Decides: which Asterisk (the machine's own from version 20 on, else the private folder), what its configuration says.
Does not know: calls, queues, or who restarts it (`allo.supervisor`). Everything it writes is below
`Installation.asterisk_home`; run-time endpoints live in Asterisk's database there and survive a restart.

Asterisk runs as the user who started Allo and needs no root. It listens to SIP on the configured address; its HTTP
(ARI, browser phones) is on loopback alone. The password of ARI is random and its file readable by the owner alone.
"""

import os
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from string import Template

from allo.ari import ami, modules
from allo.installation import SECRETS_MODE, Installation

TEMPLATES = Path(__file__).with_name("templates")
OLDEST_MAJOR = 20
LONGEST_SOCKET_PATH = 100
"""The kernel allows 107 bytes for a socket's path; Asterisk cuts a longer one silently."""
MUSIC_SUFFIXES = frozenset({".wav", ".ulaw", ".alaw", ".sln", ".gsm", ".g722"})
VOICES = {"en": ("en_US_f_Allison", "en"), "ru": ("ru_RU_f_IvrvoiceRU", "ru")}
"""Folder names under which distributions keep the recorded prompts of a language."""


class AsteriskUnusableError(Exception):
    """No usable Asterisk; the message is a sentence for the person at the terminal."""


class _Template(Template):
    """`@{name}`, because the dialplan itself is full of `${NAME}`."""

    delimiter = "@"


@dataclass(frozen=True, slots=True)
class AsteriskProgram:
    """One Asterisk found on this machine."""

    executable: Path
    module_folder: Path
    data_folder: Path
    version: str
    private: bool


def find(installation: Installation) -> AsteriskProgram:
    """The machine's own Asterisk from version 20 on, else the private one.

    Raises AsteriskUnusableError with a sentence that says what to do.
    """
    reasons = []
    for executable, prefix in _candidates(installation):
        version = _version(executable)
        major = re.search(r"(\d+)\.", version)
        if not major or int(major.group(1)) < OLDEST_MAJOR:
            reasons.append(f"{executable} is “{version or 'unknown'}”, but version {OLDEST_MAJOR} or later is needed.")
            continue
        module_folder = _first_with("res_ari.so", prefix, _MODULE_FOLDERS)
        data_folder = _first_with("documentation/core-en_US.xml", prefix, _DATA_FOLDERS)
        if module_folder is None or data_folder is None:
            reasons.append(f"{executable} comes without res_ari.so or its documentation, which Allo needs.")
            continue
        absent = [name for name in modules.NEEDED if not (module_folder / f"{name}.so").exists()]
        if absent:
            reasons.append(f"{executable} lacks these modules: {', '.join(absent)}.")
            continue
        private = executable.is_relative_to(installation.asterisk_root)
        return AsteriskProgram(executable, module_folder, data_folder, version, private=private)
    what = " ".join(reasons) or "No Asterisk was found."
    raise AsteriskUnusableError(f"{what} Run scripts/setup: it brings a private copy and changes nothing else.")


_MODULE_FOLDERS = ("usr/lib/*/asterisk/modules", "usr/lib*/asterisk/modules", "usr/local/lib*/asterisk/modules")
_DATA_FOLDERS = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")


def _candidates(installation: Installation) -> list[tuple[Path, Path]]:
    """(executable, root of its folders) in order of preference."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin:/usr/local/sbin"
    own = shutil.which("asterisk", path=path)
    found = [(Path(own), Path("/"))] if own else []
    private = installation.asterisk_root / "bin" / "asterisk"
    if private.exists():
        found.append((private, installation.asterisk_root))
    return found


def _version(executable: Path) -> str:
    try:
        answer = subprocess.run([executable, "-V"], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def _first_with(file: str, prefix: Path, patterns: tuple[str, ...]) -> Path | None:
    for pattern in patterns:
        for folder in sorted(prefix.glob(pattern)):
            if (folder / file).exists():
                return folder
    return None


def prepare(installation: Installation) -> list[str]:
    """Make folders and configuration anew; returns the command that runs Asterisk in the foreground.

    Safe to call while Asterisk runs (a reload then takes the changes); raises AsteriskUnusableError.
    """
    program = find(installation)
    check_socket(installation)
    _make_folders(installation, program)
    render(installation, program)
    return [str(program.executable), "-C", str(installation.asterisk_home / "etc" / "asterisk.conf"), "-f"]


def check_socket(installation: Installation) -> None:
    """Raise AsteriskUnusableError where the path of Asterisk's socket is too long for the kernel."""
    path = installation.asterisk_home / "run" / "asterisk.ctl"
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise AsteriskUnusableError(
            f"The path {path} is too long for a socket: set ALLO_HOME to a folder with a shorter name."
        )


def _make_folders(installation: Installation, program: AsteriskProgram) -> None:
    installation.make_folders()
    home = installation.asterisk_home
    for name in ("etc", "run", "log", "lib/keys", "astdb", "cache", "data/sounds", "spool/recording"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "etc").chmod(0o700)
    # MixMonitor takes relative names below spool/monitor: no path, with its spaces and commas, in the dialplan.
    _link(home / "spool" / "monitor", installation.recordings_folder)
    _link(home / "data" / "sounds" / "allo", installation.sounds_folder)
    for name in ("documentation", "rest-api", "moh"):
        _link(home / "data" / name, program.data_folder / name)
    for language, names in VOICES.items():
        recorded = next((path for name in names if (path := program.data_folder / "sounds" / name).is_dir()), None)
        if recorded:
            _link(home / "data" / "sounds" / language, recorded)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    link.symlink_to(target)


def render(installation: Installation, program: AsteriskProgram) -> None:
    """Write every configuration file; a file appears whole or not at all."""
    _render(installation, program, "*.conf")


def render_music(installation: Installation) -> None:
    """Write anew which music there is; a reload of Asterisk's music takes it. Raises AsteriskUnusableError."""
    _render(installation, find(installation), "musiconhold.conf")


def _render(installation: Installation, program: AsteriskProgram, names: str) -> None:
    values = _values(installation, program)
    folder = installation.asterisk_home / "etc"
    for template in sorted(TEMPLATES.glob(names)):
        draft = folder / f".{template.name}.new"
        draft.touch(mode=SECRETS_MODE)
        draft.write_text(_Template(template.read_text()).substitute(values))
        draft.replace(folder / template.name)


def _values(installation: Installation, program: AsteriskProgram) -> dict[str, str]:
    address = installation.sip_address
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    outside = installation.external_address
    external = f"external_media_address = {outside}\nexternal_signaling_address = {outside}\n" if outside else ""
    local = "".join(f"local_net = {net}\n" for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"))
    return {
        "etc": str(installation.asterisk_home / "etc"),
        "home": str(installation.asterisk_home),
        "module_folder": str(program.module_folder),
        "language": installation.language,
        "country": "ru" if installation.language == "ru" else "us",
        "open_files": str(_open_files()),
        "http_port": str(installation.asterisk_http_port),
        "ari_password": installation.secrets().ari_password,
        "recording_password": ami.password(installation),
        "unused_address": ".".join(("127", *map(str, divmod(installation.asterisk_http_port, 256)), "1")),
        "sip_bind": f"{host}:{installation.sip_port}",
        "external": external + local if external else "",
        "rtp_start": str(installation.rtp_start),
        "rtp_end": str(installation.rtp_end),
        "record": "1" if installation.record_calls else "0",
        "music": str(_default_music(installation, program)),
        "music_classes": _music_classes(installation.moh_folder),
        "modules": _module_lines(installation, program.module_folder),
    }


def _open_files() -> int:
    """As many files as the system lets this user open, and no more: Asterisk would warn."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _default_music(installation: Installation, program: AsteriskProgram) -> Path:
    """The administrator's own `sounds/music/default`, else what came with Asterisk."""
    own = installation.moh_folder / "default"
    return own if _has_music(own) else program.data_folder / "moh"


def _music_classes(folder: Path) -> str:
    """One class for each further folder of music."""
    names = sorted(path.name for path in folder.iterdir() if path.name != "default" and _has_music(path))
    usable = [name for name in names if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name)]
    return "\n".join(f"[{name}]\nmode = files\ndirectory = {folder / name}\nsort = alpha\n" for name in usable)


def _has_music(folder: Path) -> bool:
    return folder.is_dir() and any(file.suffix in MUSIC_SUFFIXES for file in folder.iterdir())


def _module_lines(installation: Installation, module_folder: Path) -> str:
    chosen = modules.NEEDED + modules.WANTED + (modules.QUEUE if installation.load_app_queue else ())
    present = [name for name in dict.fromkeys(chosen) if (module_folder / f"{name}.so").exists()]
    return "\n".join(f"load = {name}.so" for name in present)

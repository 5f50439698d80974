"""The routing engine: pure decisions, standard library only.

`Engine.handle(input, now)` takes an event or a request and returns effects. It has no clock, no
randomness, no I/O, no logging and no await. The live centre, the simulator, the planner and the
training run this same engine; they differ only in who supplies `now` and who carries out effects.
"""

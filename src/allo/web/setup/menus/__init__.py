"""The editor of menus: the tree, the form of one question, trying it out, publishing."""

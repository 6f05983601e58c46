# SPDX-License-Identifier: GPL-3.0-or-later
# Says which Python runs this, and which modules that server.py imports at its top it would not find. Nothing of
# server.py is run, and nothing is written (-B).
import sys
print("version %d.%d.%d" % sys.version_info[:3])
print("prefix %s" % sys.prefix)
try:
    import ast
    from importlib.util import find_spec
    with open("server.py", "rb") as source:
        tree = ast.parse(source.read(), "server.py")
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    for name in sorted(names):
        try:
            found = name in sys.modules or find_spec(name) is not None
        except Exception:
            found = False
        if not found:
            print("missing %s" % name)
except SyntaxError as error:
    print("syntax %s %s" % (error.lineno, error.msg))
except Exception:
    pass

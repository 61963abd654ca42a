"""``python -m strikeproof``: the command line."""

from strikeproof.cli import main

if __name__ == "__main__":
    main()

"""`python -m kembar` is the command `kembar`."""

from kembar.cli.main import main

if __name__ == "__main__":
    main()

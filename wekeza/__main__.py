"""`python -m wekeza`, which is also the command `wekeza`."""

from wekeza.cli import main

if __name__ == "__main__":
    main()

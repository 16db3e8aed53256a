"""What `slack run` starts: the bot, with the tokens that the Slack CLI puts into the environment."""

import sys

from bot.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["run"]))

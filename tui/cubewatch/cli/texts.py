"""What `-h` says at length."""

EPILOG = """\
examples:
  cubewatch --demo                   look around: no account, no network
  cubewatch login                    keep a token in the system keyring
  cubewatch                          compose a run of the clone you stand in
  cubewatch -R acme/shop             compose a run of acme/shop
  cubewatch -R acme/shop run release VERSION=1.5.0 --ref release/1.5
                                     the same form, already filled in
  cubewatch watch acme/shop#142      follow run 142 to its end
  cubewatch watch acme/shop#142 --plain
                                     the same without a screen: a line a change
  cubewatch log acme/shop#142 unit   the log of its cube unit, as text
  cubewatch artifacts acme/shop#142  a list of what it keeps

environment:
  SOURCECRAFT_TOKEN    the token that signs you in
  SOURCECRAFT_PAT      the same, if SOURCECRAFT_TOKEN is not set
  SOURCECRAFT_API_URL  the API's address, if --api-url is not given

exit status:
  0    left as usual; --plain: the run is a success, or was skipped
  1    --plain: the run failed, timed out, was canceled or rejected;
       artifacts: a file did not come
  2    wrong usage or configuration, or a request that is not accepted;
       log, artifacts: there is no such cube or artifact
  3    --plain, log, artifacts: the API refuses us, or an outage was given up;
       login, doctor: the API refuses the token; doctor: it can't be reached
  130  interrupted by Ctrl-C
"""

RUN_EPILOG = """\
A word without = starts the next workflow; the values after it are its own.

examples:
  cubewatch run -R acme/shop release VERSION=1.5.0 --ref release/1.5
  cubewatch run -R acme/shop release VERSION=1.5.0 CHANNEL=beta nightly -y
"""

WATCH_EPILOG = """\
Without RUN it is the newest run of the repository. Where there is no terminal
(a pipe, TERM=dumb, CI is set) --plain goes without saying.

examples:
  cubewatch watch 142 -R acme/shop
  cubewatch watch acme/shop#142
  cubewatch watch https://sourcecraft.dev/acme/shop/cicd/runs/142
  cubewatch watch -R acme/shop --json --give-up 30m
"""

LOG_EPILOG = """\
PATH is WORKFLOW/TASK/CUBE, or less of it where that names one cube alone.
Only the log goes to standard output, all else to standard error. Nothing in it
can steer the terminal, and of a progress bar only its last state is left;
--raw undoes that.

examples:
  cubewatch log 142 release/build/unit -R acme/shop
  cubewatch log acme/shop#142 unit --follow
  cubewatch log acme/shop#142 --failed | less
"""

ARTIFACTS_EPILOG = """\
PATH is a workflow, task or cube (all it keeps), an artifact (dist/app.tar.gz),
or both in one (release/build/pack/dist/app.tar.gz). Without any: a list.
What was interrupted goes on where it was when the same is asked for again.

examples:
  cubewatch artifacts 142 -R acme/shop
  cubewatch artifacts acme/shop#142 release/build/pack --dir out
  cubewatch artifacts acme/shop#142 --all
"""

RUN_HELP = "its number, ORG/REPO#142 or its page's URL"

LOGIN_EPILOG = """\
The token is asked for without an echo, or read from a pipe, and tried with the
repository (-R, or the clone you stand in). It is kept for this API alone.

A token is looked for in this order: --token-command, SOURCECRAFT_TOKEN,
SOURCECRAFT_PAT, token_command and token of the config file, the entry of
login in the system keyring, that of src there (only for the public API).

examples:
  cubewatch login -R acme/shop
  pass show sourcecraft | cubewatch login
"""

COMPLETION_EPILOG = """\
What the shell has to read when it starts:
  bash  in ~/.bashrc: eval "$(cubewatch completion bash)"
  zsh   in ~/.zshrc, below compinit: eval "$(cubewatch completion zsh)"
  fish  in ~/.config/fish/config.fish: cubewatch completion fish | source

Branches, tags, workflows and inputs are those of the clone you stand in. For
runs and cubes the API is asked once, for 1.5 s at most, with a token from the
environment or the config file: no command is run for it, no keyring opened.
"""

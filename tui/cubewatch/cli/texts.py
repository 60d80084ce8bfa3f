"""The long texts of `-h`."""

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
  cubewatch runs acme/shop acme/web  what goes on in both, live
  cubewatch compare acme/shop#142    what differs from the last good run

environment:
  SOURCECRAFT_TOKEN    the token that signs you in
  SOURCECRAFT_PAT      the same, if SOURCECRAFT_TOKEN is not set
  SOURCECRAFT_API_URL  the API's address, if --api-url is not given
  SOURCECRAFT_RAW_URL, SOURCECRAFT_GIT_URL
                       where workflows are read without a clone

exit status:
  0    left as usual; --plain: the run is a success, or was skipped
  1    --plain: the run failed, timed out, was canceled or rejected;
       artifacts: a file did not come
  2    wrong usage or configuration, or a request that is not accepted;
       log, artifacts: there is no such cube or artifact
  3    --plain, log, artifacts: the API refuses us, or an outage was given up;
       login, doctor: the API refuses the token; doctor: it can't be reached
  70   a fault of cubewatch itself, whose details are in the file that it names
  124  nothing came within the time of --wait
  130  interrupted by Ctrl-C; 128 + N: ended by signal N
"""

RUN_HELP = "its number, ORG/REPO#142 or its page's URL"

function __cubewatch_complete
    set -l token (commandline -ct)
    set -l typed (string unescape -- $token; or string trim -l -c '"\'' -- $token)
    _CUBEWATCH_COMPLETE=fish command cubewatch (commandline -opc)[2..] "$typed" 2>/dev/null </dev/null
end
complete -c cubewatch -f -k -a '(__cubewatch_complete)'
complete -c cubewatch -l config -r -F -d 'read this config file, not the usual one'
complete -c cubewatch -l dir -r -f -a '(__fish_complete_directories)' -d 'where to (here)' \
    -n '__fish_seen_subcommand_from artifacts'

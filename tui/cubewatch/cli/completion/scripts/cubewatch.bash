_cubewatch() {
    local reply line
    COMPREPLY=()
    reply=$(_CUBEWATCH_COMPLETE=bash command cubewatch "${COMP_LINE:0:COMP_POINT}" "$2" \
        2>/dev/null </dev/null)
    case $reply in
        '') ;;
        $'\tfiles') compopt +o nospace -o default 2>/dev/null ;;
        $'\tfolders') compopt +o nospace -o dirnames 2>/dev/null ;;
        *) while IFS= read -r line; do COMPREPLY+=("$line"); done <<<"$reply" ;;
    esac
}
complete -o nospace -F _cubewatch cubewatch

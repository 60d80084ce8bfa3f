_cubewatch() {
    local -a lines open closed
    lines=("${(@f)$(_CUBEWATCH_COMPLETE=zsh command cubewatch "${(@Q)words[2,CURRENT-1]}" \
        "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
    case $lines[1] in
        '') return 1 ;;
        $'\tfiles') compset -P '*='; _files; return ;;
        $'\tfolders') compset -P '*='; _files -/; return ;;
    esac
    open=("${(@M)lines:#*=(|:*)}")
    closed=("${(@)lines:#*=(|:*)}")
    _describe -V cubewatch closed -- open -S ''
}
compdef _cubewatch cubewatch

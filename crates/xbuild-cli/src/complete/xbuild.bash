# Completions of xbuild for bash. Every answer comes from the program, so this stays the same when xbuild changes.
_xbuild() {
    local line="${COMP_LINE:0:COMP_POINT}" rest trimmed word reply index last=-1
    local -a words=()
    # bash splits words at `@`, `=` and `:`, which stand in the ids of cells: what no blank separates is one word.
    rest="$line"
    for ((index = 0; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        trimmed="${rest#"${rest%%[![:space:]]*}"}"
        if ((last >= 0)) && [[ "$trimmed" == "$rest" ]]; then
            words[last]+="$word"
        else
            words[++last]="$word"
        fi
        rest="${trimmed:${#word}}"
    done
    trimmed="${rest#"${rest%%[![:space:]]*}"}"
    if ((last >= 0)) && [[ "$trimmed" == "$rest" ]]; then
        words[last]+="$rest"
    else
        words[++last]="$trimmed"
    fi
    # bash replaces only the last part of a word that it splits.
    local kept="${words[last]%"$2"}"
    local IFS=$'\n'
    COMPREPLY=()
    for reply in $(ASKED=bash _CLAP_COMPLETE_INDEX="$last" _CLAP_IFS="$IFS" PROGRAM -- "${words[@]}" 2>/dev/null); do
        COMPREPLY+=("${reply#"$kept"}")
    done
    if ((${#COMPREPLY[@]} == 1)) && [[ "${COMPREPLY[0]}" == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o nosort -F _xbuild xbuild 2>/dev/null || complete -o bashdefault -F _xbuild xbuild

# bash completion for annotator. Written by make reference: do not edit.
_annotator() {
    local current="${COMP_WORDS[COMP_CWORD]}" command='' word options
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
            -*) ;;
            new|import|carry-over|export|formats|search|annotate-all|labels|rename-label|recolor-label|merge-labels|suggest|train|evaluate|sources|merge-sources|claims|claim|resolve|circular|stats|check|backup|restore|repair|demo|screenshot|print|report) command="$word"; break ;;
        esac
    done
    case "$command" in
        '') options='--wait -h --help --version new import carry-over export formats search annotate-all labels rename-label recolor-label merge-labels suggest train evaluate sources merge-sources claims claim resolve circular stats check backup restore repair demo screenshot print report' ;;
        new) options='--title --annotator -h --help' ;;
        import) options='--format --source --recursive --no-recursive --dry-run --carry-over --map --add-labels --column --update --preview --json -h --help' ;;
        carry-over) options='--document --dry-run --json -h --help' ;;
        export) options='--format --label --status --annotator --source --outlet --from --to --reliability --credibility --created-by --annotated-only --suggestions --overlap --option --split --group-by --seed --card --license --verify --dry-run --json -h --help' ;;
        formats) options='--json -h --help' ;;
        search) options='--regex --word --case --limit --json -h --help' ;;
        annotate-all) options='--label --regex --word --case --lemma --document --skip --source --dry-run --json -h --help' ;;
        labels) options='--json -h --help' ;;
        rename-label) options='-h --help' ;;
        recolor-label) options='-h --help' ;;
        merge-labels) options='--into --dry-run -h --help' ;;
        suggest) options='--document --grammar --model --anew --list --score --accept --json -h --help' ;;
        train) options='--name --grammar --json -h --help' ;;
        evaluate) options='--against --annotator --gold-annotator --suggestions --rules --model --grammar --label --overlap --samples --seed --json -h --help' ;;
        sources) options='--as-of --json -h --help' ;;
        merge-sources) options='--into --dry-run -h --help' ;;
        claims) options='--json -h --help' ;;
        claim) options='--states --denies --topic -h --help' ;;
        resolve) options='--evidence --address --on -h --help' ;;
        circular) options='--json -h --help' ;;
        stats) options='--json -h --help' ;;
        check) options='--expect --full --json -h --help' ;;
        backup) options='--json -h --help' ;;
        restore) options='--list -h --help' ;;
        repair) options='-h --help' ;;
        demo) options='-h --help' ;;
        screenshot) options='--document --view --size --theme -h --help' ;;
        print) options='-o --out --label --paper --json -h --help' ;;
        report) options='--document --source --claim --as-of --paper --json -h --help' ;;
    esac
    if [[ -z $command || $current == -* ]]; then
        # Not mapfile, which bash 3.2 of macOS lacks; no option and no command contains a blank.
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    fi
}
complete -o bashdefault -o default -F _annotator annotator

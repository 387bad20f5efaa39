"""Verbs with which actions begin, in their base form."""

from __future__ import annotations

ACTION_VERBS = frozenset(
    """
    abandon abolish abort accelerate accept acknowledge acquire activate adapt add address adjust
    adopt advertise aggregate agree alert alias align allocate allow allowlist alter amend analyse
    analyze annotate announce append apply appoint approve archive arrange ask assert assess
    assign attach audit authenticate authorise authorize automate avoid back backfill backport
    backup balance ban base batch begin benchmark bind block book boost bootstrap bound break
    bring broadcast budget build bump bundle bypass cache calculate calibrate call canary cancel
    cap capture catch centralise centralize certify chain change charge chart chase check checksum
    choose circulate clarify classify clean clear clone close cluster codify collapse collect
    combine comment commission commit communicate compact compare compile complete compress
    compute concatenate conclude conduct configure confirm connect consider consolidate constrain
    consult contact contain containerise containerize continue contract contribute control convene
    convert copy cordon correct correlate count couple cover craft create cross-check curate cut
    cycle deactivate debounce debug decide declare decline decommission decompose decouple
    decrease dedicate dedupe deduplicate default defend defer define delay delegate delete deliver
    demote denormalise denormalize deny denylist depend deploy deprecate derive deschedule
    describe design detach detail detect determine develop diagnose differentiate direct disable
    disallow discard disconnect discontinue discourage discover discuss display distinguish
    distribute divert divide document double double-check downgrade download downsize draft drain
    draw drill drive drop dump duplicate edit educate elect elevate eliminate email emit emulate
    enable encapsulate encode encourage encrypt end enforce engage enhance enlarge enqueue enrich
    enrol enroll ensure enter escalate establish estimate evacuate evaluate evict examine exclude
    execute exempt exercise expand expire explain explore export expose express extend extract
    fail failover fall favour feature feed fence fetch figure file fill filter finalise finalize
    find finish fit fix flag flatten flip flush focus follow forbid force forecast fork formalise
    formalize format forward freeze fuzz gate gather generate get give go grant graph group grow
    guarantee guard halt handle harden harmonise have help hide highlight hire hoist hold hook
    host identify ignore implement import impose improve include incorporate increase index inform
    inhibit initialise initialize initiate inject inline insert inspect install instate instruct
    instrument insulate integrate intercept introduce invalidate inventory invest investigate
    invite invoke isolate issue iterate jitter join journal justify keep kill label land launch
    lead learn lease leave lengthen let level leverage lift limit link lint list listen load
    localise localize lock log look lower maintain make manage mandate map mark mask match measure
    meet memoise memoize merge migrate minimise minimize mirror mitigate mock model modernise
    modernize modify monitor mount move multiplex mute name narrow nominate normalise normalize
    notify number observe obtain offer offload onboard open operate optimise optimize orchestrate
    order organise organize outline overhaul override own package page paginate pair parallelise
    parallelize parameterise parametrise parse partition pass patch pause pay perform permit
    persist phase pick pilot pin ping pipe place plan plot point poll pool populate port post
    postpone practice practise pre-allocate precompute prefer preload prepare present preserve
    press prevent print prioritise prioritize probe procure produce profile prohibit promote
    prompt propagate propose protect prototype prove provide provision prune publish pull purchase
    purge push put quantify quarantine query queue quota raise ramp randomise randomize rank
    rate-limit rationalise re-enable reach read rebalance rebase reboot rebuild recalculate
    receive recommend reconcile reconfigure record recover recreate recruit rectify recycle redact
    redeploy redesign redirect redistribute redo reduce reenable refactor refill refine reflect
    reformat refresh refuse regenerate register reindex reinforce reinstall reinstate reissue
    reject release relocate rely remediate remember remind remove rename render renew reorder
    reorganise reorganize repair repeal repeat replace replay replicate report reproduce request
    require rerun reschedule research reserve reset reshard resize resolve respond restart restore
    restrict restructure resume retain retire retrain retrieve retry return reuse revalidate
    reverse revert review revise revisit revive revoke rewire reword rewrite right-size roll
    rollback rotate route run sample sandbox sanitise sanitize save say scale scan schedule scope
    score script scrub seal search secure see segment segregate select send separate sequence
    serialise serialize serve set settle setup shadow shape shard share shed shelve shift ship
    shorten show shrink shut sign silence simplify simulate size skip slow smoke-test snapshot
    snooze solicit solve sort source spawn specify speed spike spin split spread squash stabilise
    stabilize staff stage stagger standardise standardize start state stop store stream streamline
    strengthen stress-test strip structure study submit subscribe subset substitute supply support
    suppress survey suspend swap switch sync synchronise synchronize synthesise table tag take
    target teach tear template terminate test text think throttle throw tie tighten time timeout
    toggle tolerate trace track trade train transfer transform transition translate trap treat
    triage trigger trim triple truncate try tune turn unblock undeploy undo unify uninstall unlock
    unpin unset update upgrade upload upsert use utilise utilize vacuum validate vary vendor
    verify version vet view virtualise visit visualise visualize vote wait walk warm warn watch
    weigh whitelist widen wipe wire withdraw work wrap write zero
    """.split()
)
"""Ours: read off a few hundred real actions, and the verbs that software engineering adds."""

IRREGULAR_PASTS = frozenset(
    "began bought bound brought built caught chose cut did drew drove fed fell forbade found"
    " froze gave got held hid hit kept knew laid led left let lost made met paid put ran read"
    " rebuilt redid reran reset rewrote sent set shed shrank shut sold split spoke spread stood"
    " stopped swapped taught tore took undid withdrew wrote".split()
)
"""Past forms that do not end in -ed; a measure already taken may be told in the past."""

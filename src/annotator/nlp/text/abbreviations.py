"""Abbreviations after whose point a sentence may continue: of news English, and a few of German, in lower case."""

BEFORE_NAME = frozenset(
    """
    mr mrs ms mx messrs mme mlle dr prof profs hon rev fr st ste msgr gen lt col maj capt cpl sgt pvt pfc adm cmdr
    comdr brig gov lieut sen sens rep reps pres amb atty det insp supt dist sir sra srta mt ft
    hr hrn frau dipl ing
    """.split()
)
"""No sentence ends after these: a name, or the rest of a phrase, always follows."""

BEFORE_NUMBER = frozenset(
    "no nos nr num p pp pg vol vols art arts sec secs ch chap fig figs par para pt ver v ca approx c § bd".split()
)
"""No sentence ends after these where a number follows."""

MAY_END = frozenset(
    """
    inc co cos corp ltd llc plc bros assn dept univ jr sr esq ave blvd rd hwy bldg etc est
    jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun
    ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa
    tenn tex vt va wash wis wyo ont que alta
    ph.d m.d b.a m.a a.m p.m u.s u.k u.n e.u d.c u.s.a u.s.s.r n.y n.j n.h n.c s.c n.d s.d n.m r.i w.va l.a
    min max avg dpt intl natl govt admin
    """.split()
)
"""A sentence ends after these only where the next word looks like the first word of a sentence."""

NEVER_END = frozenset("e.g i.e viz cf vs z.b d.h u.a bzw bspw evtl ggf sog".split())
"""No sentence ends after these."""

FIRST_WORDS = frozenset(
    """
    the this that these those there then they their he his him she her hers it its we our you your my who what when
    where why how which while whether if in on at by for from with without after before during since until as
    although though because but and or so yet nor however meanwhile moreover still also both each every some many most
    no not none one two all any another other several few such once now today yesterday earlier later last next
    according asked among despite even under over between against about a an to do does did is are was were
    has have had can could would should must
    """.split()
)
"""Words that begin a sentence far more often than they continue a name, when written with a capital."""

LOWER_CASE = frozenset("mr mrs dr inc co corp ltd dept govt approx jr sr st".split())
"""The abbreviations that are also written in lower case, and then are no words: "mr", not "sun"."""

ORDINAL_MONTHS = frozenset("januar februar märz april mai juni juli august september oktober november dezember".split())
"""Before these a number with a point is an ordinal, as in German "3. Oktober", and ends no sentence."""

SAYING_AFTER_QUOTE = frozenset(
    """
    said says say asked asks told wrote writes replied replies added adds shouted yelled cried exclaimed
    demanded wondered tweeted posted answered responded declared
    """.split()
)
"""One of these soon after a quoted question or exclamation shows that the sentence continues."""

"""House rules by kind of venue, and the announcements of the main palace."""

from .shapes import Text

RULES: dict[str, Text] = {
    "badminton": (
        "穿软底鞋进场。\n每人每天最多订 2 小时。\n用完把网边的垃圾带走。",
        "Wear soft soles.\nAt most two hours a booking.\nTake your litter with you.",
    ),
    "basketball": (
        "不要扣篮吊框。\n半场至少 3 人来。\n球在一楼服务台借。",
        "Do not hang on the rim.\nA half court needs at least three people.\nBalls from the desk on floor 1.",
    ),
    "table_tennis": (
        "球拍免费借，押会员卡。\n有人等的时候，打满一小时让一让。",
        "Bats are lent against your card.\nWhen others wait, leave after an hour.",
    ),
    "billiards": (
        "不在台面上放饮料。\n未成年人要有大人陪。",
        "No drinks on the tables.\nMinors come with an adult.",
    ),
    "gym": (
        "带毛巾，用完擦一擦器械。\n有心脏病、高血压，先问问教练。",
        "Bring a towel and wipe the machines.\nWith heart trouble or high blood pressure, ask the trainer first.",
    ),
    "dance": (
        "换软底鞋。\n音响开到 70 分贝以内。",
        "Change into soft shoes.\nKeep the sound below 70 decibels.",
    ),
    "piano": ("洗手弹琴。\n琴盖轻放，走时关灯。", "Wash your hands first.\nClose the lid gently, lights off."),
    "reading": (
        "手机静音。\n座位离开半小时以上会让给别人。",
        "Phones silent.\nA seat left for more than half an hour goes to somebody else.",
    ),
    "theatre": (
        "活动前 1 小时可以进场布置，散场后 1 小时内撤完。\n不带饮料进场。",
        "Set up from one hour before, clear within one hour after.\nNo drinks inside.",
    ),
    "meeting": ("用完关投影和空调。\n白板擦干净。", "Switch off projector and air conditioning.\nWipe the board."),
    "classroom": ("桌椅归位。\n带走垃圾。", "Put tables and chairs back.\nTake your litter with you."),
    "other": ("听现场工作人员安排。", "Follow the staff on site."),
}


def rules_of(kind: str) -> Text:
    return RULES.get(kind, RULES["other"])


# (title, English title, text, English text, audience, first day from today, last day from today)
ANNOUNCEMENTS = [
    (
        "羽毛球馆 4 号场明天下午检修灯具",
        "Badminton court 4 closed tomorrow afternoon",
        "13:00–17:00 停用，其他五片场地照常。已经订了的，我们会发短信帮你换场。",
        "Closed 13:00–17:00 to repair lamps; the other five courts are open. Who has booked gets a message.",
        "public",
        0,
        1,
    ),
    (
        "元旦开放时间",
        "Opening hours at New Year",
        "1 月 1 日 9:00–17:00 开放，劳动者驿站 24 小时不关门。",
        "On 1 January we are open 9:00–17:00; the workers' station stays open day and night.",
        "public",
        -2,
        50,
    ),
    (
        "冬季健身季：上午场对会员免费",
        "Winter gym season: mornings are free for members",
        "即日起到春节前，健身房上午场会员免费。第一次来，教练带你熟悉器械。",
        "Until Spring Festival the gym is free for members in the morning. On your first visit a trainer shows you round.",
        "members",
        -6,
        60,
    ),
    (
        "剧场和会议室怎么借",
        "How to borrow the theatre and meeting rooms",
        "线上选时段，写清楚用途，一个工作日内答复。工会活动免费，缺音响师的一起写上。",
        "Choose a time online and say what it is for; you hear from us within a working day. Union events are free.",
        "members",
        -20,
        None,
    ),
    (
        "值班提醒：年底点灯检查",
        "For staff: check the lights at closing time",
        "闭馆前按楼层关灯，登记在值班本上。3 楼最后一盏由羽毛球馆当班关。",
        "Switch off floor by floor at closing time and note it down. The last light on floor 3 is the hall's.",
        "staff",
        -3,
        45,
    ),
]

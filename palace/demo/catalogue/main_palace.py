"""The main palace, of Haining's size: 26,000 m² on 20 mu, a branch, six training bases in the towns."""

from .shapes import (
    APPROVAL,
    MEMBERS,
    REGISTERED,
    PalaceSpec,
    SiteSpec,
    UnitSpec,
    VenueSpec,
    all_day,
    by_day_part,
    room,
    row,
    shared,
    whole,
)
from .unions import TOWNS

BADMINTON = VenueSpec(
    kind="badminton",
    name=("羽毛球馆", "Badminton hall"),
    floor=("3 层", "Floor 3"),
    summary=("木地板，请穿软底鞋", "Wooden floor; wear soft soles"),
    units=(
        *row(
            6,
            "号场",
            "Court",
            capacity=6,
            notes=(
                ("靠门", "by the door"),
                ("中间", "in the middle"),
                ("靠窗", "by the window"),
                ("靠窗", "by the window"),
                ("教学", "classes"),
                ("教学", "classes"),
            ),
        ),
        whole(("整馆", "Whole hall"), 6, 120),
    ),
    policy=MEMBERS | {"horizon_days": 7, "opens_at": "08:00"},
    prices=by_day_part(0, 1500, 2500, weekend_more=500),
    market_fen=4000,
    busy=1.0,
    party=(2, 2, 2, 2, 3, 4),
)
BASKETBALL = VenueSpec(
    kind="basketball",
    name=("篮球馆", "Basketball hall"),
    floor=("2 层", "Floor 2"),
    summary=("两个半场，也可以包全场；常年免费", "Two half courts or the whole; free all year"),
    units=(*row(2, "号半场", "Half court", capacity=12), whole(("全场", "Full court"), 2, 60)),
    policy=MEMBERS | {"horizon_days": 7, "opens_at": "08:00", "party_min": 3},
    busy=0.9,
    party=(4, 5, 6, 6, 8),
)
TABLE_TENNIS = VenueSpec(
    kind="table_tennis",
    name=("乒乓球室", "Table tennis room"),
    floor=("2 层", "Floor 2"),
    summary=("免费，球拍可以在服务台借", "Free; bats from the desk"),
    units=row(8, "号台", "Table", capacity=4),
    policy=REGISTERED | {"horizon_days": 7, "opens_at": "00:00"},
    busy=0.22,
    party=(2, 2, 2, 2, 4),
    walk_ins=6,
)
BILLIARDS = VenueSpec(
    kind="billiards",
    name=("台球室", "Billiard room"),
    floor=("1 层", "Floor 1"),
    summary=("合作单位经营，会员半价", "Run with a partner; half price for members"),
    units=row(4, "号台", "Table", capacity=4),
    policy=REGISTERED | {"horizon_days": 7, "opens_at": "00:00"},
    prices=(*all_day(1500), ("anyone", "any", 0, 24, 3000, "全天", "all day")),
    market_fen=3000,
    mode="cooperative",
    busy=0.3,
    party=(2, 2, 3),
)
GYM = VenueSpec(
    kind="gym",
    name=("健身房", "Gym"),
    floor=("1 层", "Floor 1"),
    summary=("淋浴在同层；合作单位经营", "Showers on the same floor; run with a partner"),
    units=shared(("健身房", "Gym"), 40),
    policy=MEMBERS | {"horizon_days": 3, "opens_at": "00:00", "party_max": 5, "cancel_notice_minutes": 15},
    prices=by_day_part(0, 500, 1000),
    market_fen=2500,
    mode="cooperative",
    busy=0.22,
    party=(1, 1, 1, 2),
    walk_ins=8,
)
DANCE = VenueSpec(
    kind="dance",
    name=("舞蹈室", "Dance studio"),
    floor=("4 层", "Floor 4"),
    summary=("120 平方米，三面镜子，有音响", "120 m², mirrors on three sides, sound system"),
    units=room(("舞蹈室", "Dance studio"), 30),
    policy=MEMBERS | {"horizon_days": 14, "party_min": 4, "max_minutes": 180},
    centre="arts",
    busy=0.45,
    party=(4, 6, 8, 10),
)
PIANO = VenueSpec(
    kind="piano",
    name=("琴房", "Piano rooms"),
    floor=("4 层", "Floor 4"),
    summary=("立式钢琴，每半年调一次音", "Upright pianos, tuned twice a year"),
    units=row(4, "号琴房", "Piano room", capacity=2),
    policy=REGISTERED | {"horizon_days": 14, "opens_at": "00:00", "grid_minutes": 30, "min_minutes": 30},
    centre="arts",
    busy=0.35,
    party=(1, 1, 2),
)
READING = VenueSpec(
    kind="reading",
    name=("电子阅览室", "E-reading room"),
    floor=("2 层", "Floor 2"),
    summary=("电脑 30 台，免费上网", "Thirty computers, free internet"),
    units=shared(("阅览座位", "Reading seat"), 60),
    policy=REGISTERED | {"horizon_days": 3, "opens_at": "00:00", "max_minutes": 240, "cancel_notice_minutes": 10},
    centre="publicity",
    busy=0.08,
    party=(1, 1, 1, 1, 2),
    walk_ins=18,
)
THEATRE = VenueSpec(
    kind="theatre",
    name=("职工剧场", "Workers' theatre"),
    floor=("1 层", "Floor 1"),
    summary=("300 座，放电影、演出、开大会", "300 seats for films, shows and meetings"),
    units=room(("剧场", "Theatre"), 300),
    policy=MEMBERS | APPROVAL | {"buffer_minutes": 60, "early_minutes": 60, "cancel_notice_minutes": 2880},
    centre="arts",
    busy=0.03,
    party=(80, 100, 120, 160, 240),
)
MEETING = VenueSpec(
    kind="meeting",
    name=("会议室", "Meeting rooms"),
    floor=("5 层", "Floor 5"),
    summary=("大小都有，配投影；第一会议室要审批", "Large and small, with projectors; room 1 needs approval"),
    units=(
        UnitSpec(("第一会议室", "Meeting room 1"), "1", 1, capacity=80, policy=APPROVAL | {"party_min": 15}),
        UnitSpec(("第二会议室", "Meeting room 2"), "2", 2, capacity=30),
        UnitSpec(("第三会议室", "Meeting room 3"), "3", 3, capacity=12),
    ),
    policy=MEMBERS | {"horizon_days": 14, "max_minutes": 240, "party_min": 3},
    centre="service",
    busy=0.14,
    party=(4, 6, 8, 10),
)
BRANCH_BADMINTON = VenueSpec(
    kind="badminton",
    name=("大脚印羽毛球馆", "Dajiaoyin badminton hall"),
    floor=("2 层", "Floor 2"),
    summary=("塑胶地面，停车方便", "Rubber floor, easy parking"),
    units=row(7, "号场", "Court", capacity=6),
    policy=MEMBERS | {"horizon_days": 7, "opens_at": "08:00"},
    prices=by_day_part(0, 1000, 2000, weekend_more=500),
    market_fen=3500,
    busy=0.4,
    party=(2, 2, 2, 4),
)
PLAYGROUND = VenueSpec(
    kind="other",
    name=("亲子乐园", "Family playground"),
    floor=("1 层", "Floor 1"),
    summary=("3 到 10 岁，大人陪着进，每人占一个名额", "Ages 3 to 10 with an adult; each person takes a place"),
    units=shared(("乐园名额", "Playground place"), 60),
    policy=REGISTERED | {"horizon_days": 7, "opens_at": "00:00", "max_minutes": 180, "party_max": 6},
    prices=(*all_day(0), ("anyone", "any", 0, 24, 1000, "全天", "all day")),
    market_fen=3000,
    centre="service",
    mode="cooperative",
    busy=0.06,
    party=(2, 2, 2, 3, 4),
    for_children=True,
    walk_ins=8,
)
STATION = VenueSpec(
    kind="other",
    name=("劳动者驿站", "Workers' service station"),
    floor=("主宫东门外", "Outside the east gate"),
    summary=("24 小时，饮水、充电、微波炉、药箱", "Day and night: water, charging, microwave, first aid"),
    units=shared(("驿站座位", "Station seat"), 12),
    policy=REGISTERED | {"horizon_days": 1, "opens_at": "00:00", "cancel_notice_minutes": 0, "party_max": 2},
    centre="service",
    busy=0.06,
    party=(1,),
    walk_ins=12,
    hours=(0, 0),
)


def base(town: str, town_en: str, spot: tuple[float, float], rooms: int) -> SiteSpec:
    """A training base in a town: one or two class rooms."""
    name = (f"{town}培训基地", f"{town_en} training base")
    classroom = VenueSpec(
        kind="classroom",
        name=(f"{town}教室", f"{town_en} class rooms"),
        floor=("1 层", "Ground floor"),
        summary=("能坐 40 人，晚上开夜学班", "Forty seats; evening classes are held here"),
        units=row(rooms, "号教室", "Class room", capacity=40),
        policy=MEMBERS | {"horizon_days": 14, "max_minutes": 180, "party_min": 5},
        centre="publicity",
        busy=0.07,
        party=(12, 15, 18, 24),
    )
    address = (f"潮城市{town}工会服务中心", f"Union service centre, {town_en}, Chaocheng")
    access = ("教室在一楼，门口有坡道。", "Class rooms on the ground floor, ramp at the door.")
    return SiteSpec("base", name, address, access, (classroom,), spot)


MAIN_BUILDING = SiteSpec(
    "main",
    ("主宫", "Main building"),
    ("潮城市学林路 88 号", "88 Xuelin Road, Chaocheng"),
    (
        "东门有坡道，两部无障碍电梯到各层；1、3 层有无障碍卫生间；服务台可以借轮椅；剧场留 6 个轮椅座位。",
        "Ramp at the east gate, two accessible lifts to all floors, accessible toilets on floors 1 and 3, "
        "wheelchairs at the desk, six wheelchair places in the theatre.",
    ),
    (BADMINTON, BASKETBALL, TABLE_TENNIS, BILLIARDS, GYM, DANCE, PIANO, READING, THEATRE, MEETING),
    (30.2789, 120.1570),
)
BRANCH = SiteSpec(
    "branch",
    ("分部（大脚印乐园）", "Branch (Dajiaoyin Park)"),
    ("潮城市海棠路 266 号大脚印乐园", "Dajiaoyin Park, 266 Haitang Road, Chaocheng"),
    (
        "正门平进，有一部电梯；2 层有无障碍卫生间。",
        "Level entrance, one lift, accessible toilet on floor 2.",
    ),
    (BRANCH_BADMINTON, PLAYGROUND),
    (30.2243, 120.1420),
)
DAY_AND_NIGHT = SiteSpec(
    "station",
    ("24 小时驿站", "24-hour station"),
    ("潮城市学林路 88 号东门外", "Outside the east gate, 88 Xuelin Road, Chaocheng"),
    ("门口有坡道，门宽 1 米。", "Ramp at the door, which is one metre wide."),
    (STATION,),
    (30.2786, 120.1578),
)

CHAOCHENG = PalaceSpec(
    slug="chaocheng",
    name=("潮城市工人文化宫", "Chaocheng Workers' Cultural Palace"),
    union="潮城市总工会",
    region_code="990481",
    institution="class_1",
    palace_class="1",
    floor_area_m2=26_000,
    land_area_mu=20,
    address=("潮城市学林路 88 号", "88 Xuelin Road, Chaocheng"),
    phone="0500-0000 0001",
    services=(
        "体育：羽毛球、篮球、乒乓球、台球、健身。\n文化：剧场、舞蹈室、琴房、电子阅览室。\n"
        "培训：电焊工、车工、育婴员、电商等 40 多个工种，六个镇（街道）设公益培训基地。\n"
        "服务：会议室借用，24 小时劳动者驿站，困难职工子女绿色通道。",
        "Sports: badminton, basketball, table tennis, billiards, gym.\nCulture: theatre, dance studio, piano rooms, "
        "e-reading room.\nTraining: more than 40 trades from welding to childcare and e-commerce, with bases in six towns.\n"
        "Services: meeting rooms, the 24-hour workers' station, free training for children of hardship members.",
    ),
    discounts=(
        "电子阅览、乒乓球、篮球常年免费。\n羽毛球：会员上午免费，下午每小时 15 元，晚上 25 元，周末和节假日各加 5 元；市场价 40 元。\n"
        "台球、健身：会员价是市场价的一半或更低。\n劳模半价，困难职工全免。",
        "E-reading, table tennis and basketball are free all year.\nBadminton for members: mornings free, afternoons 15 yuan "
        "an hour, evenings 25 yuan, 5 yuan more on weekends and holidays; the market price is 40 yuan.\nBilliards and gym: "
        "half the market price or less.\nModel workers pay half, hardship members nothing.",
    ),
    hours=(
        "每天 9:00–21:00；7、8 月延到 22:00；法定节假日 9:00–17:00。\n劳动者驿站 24 小时开放。",
        "Every day 9:00–21:00; in July and August until 22:00; on public holidays 9:00–17:00.\n"
        "The workers' station is open day and night.",
    ),
    procedures=(
        "1. 用手机号登录，填会员卡号或单位，核实后就能订。\n2. 选场馆和时段，核对后订好；来不了，开始前 30 分钟可以自己退。\n"
        "3. 到馆报预约号或会员码，要付的钱在服务台付，给收据。\n4. 包全场、借剧场要审批，一般一个工作日内答复。\n"
        "没有手机的，到服务台凭会员卡办。",
        "1. Sign in with your mobile number and give your card number or employer; once verified you can book.\n"
        "2. Choose a venue and a time, check, and it is yours; until 30 minutes before the start you can give it back.\n"
        "3. Show your number or code when you come; what is to be paid is paid at the desk, with a receipt.\n"
        "4. Whole halls and the theatre need approval, as a rule within one working day.\n"
        "Without a phone: come to the desk with your card.",
    ),
    sites=(
        MAIN_BUILDING,
        BRANCH,
        *(base(*town, rooms=2 if n % 3 == 0 else 1) for n, town in enumerate(TOWNS)),
        DAY_AND_NIGHT,
    ),
)

"""Two more palaces: one of Wenshang's size with its eight service centres, one of Nanjing's with fifteen venues."""

from typing import Any

from .shapes import (
    APPROVAL,
    MEMBERS,
    REGISTERED,
    PalaceSpec,
    SiteSpec,
    VenueSpec,
    all_day,
    by_day_part,
    room,
    row,
    shared,
    whole,
)

ROOMS = MEMBERS | {"horizon_days": 14, "max_minutes": 180, "party_min": 3}
SEATS = REGISTERED | {"horizon_days": 3, "opens_at": "00:00", "max_minutes": 180, "party_max": 4}


def centre(code, kind, name, summary, units, **fields) -> VenueSpec:
    """One of the eight service centres of the county palace."""
    given: dict[str, Any] = {"floor": ("1 层", "Floor 1"), "policy": ROOMS, "busy": 0.3, "party": (4, 8, 12)}
    return VenueSpec(kind=kind, name=name, summary=summary, units=units, centre=code, **given | fields)


SHANHE = PalaceSpec(
    slug="shanhe",
    name=("善河县工人文化宫", "Shanhe County Workers' Cultural Palace"),
    union="善河县总工会",
    region_code="990421",
    institution="class_2",
    palace_class="2",
    floor_area_m2=7_500,
    land_area_mu=12,
    address=("善河县政和路 1 号", "1 Zhenghe Road, Shanhe"),
    phone="0500-0000 0002",
    services=(
        "八大服务中心：宣传教育培训、文体健身活动、安全教育体验、美术书画培训、工友创业孵化、法律援助服务、职工健康赋能、职工综合服务。",
        "Eight centres: publicity and training, culture and sports, safety experience, fine arts and calligraphy, start-up "
        "incubation, legal aid, workers' health, workers' services.",
    ),
    discounts=(
        "各中心对工会会员免费；健身房会员每小时 5 元，市场价 15 元。\n劳模半价，困难职工全免。",
        "All centres are free for union members; the gym costs members 5 yuan an hour, market price 15.\n"
        "Model workers pay half, hardship members nothing.",
    ),
    hours=(
        "每天 8:00–20:00；法定节假日 9:00–17:00。",
        "Every day 8:00–20:00; on public holidays 9:00–17:00.",
    ),
    procedures=(
        "1. 线上选中心和时段，核对后订好。\n2. 到馆刷会员卡或报预约号。\n3. 法律援助和创业孵化由值班员当天联系你。",
        "1. Choose a centre and a time online.\n2. Show your card or number when you come.\n"
        "3. For legal aid and incubation the person on duty calls you the same day.",
    ),
    open_hours=(8, 20),
    sites=(
        SiteSpec(
            "main",
            ("主楼", "Main building"),
            ("善河县政和路 1 号", "1 Zhenghe Road, Shanhe"),
            (
                "与文化馆、图书馆、档案馆连通；正门有坡道和电梯。",
                "Joined with the culture house, library and archive; ramp and lift at the main entrance.",
            ),
            (
                centre(
                    "publicity",
                    "classroom",
                    ("宣传教育培训中心", "Publicity and training centre"),
                    ("两间教室，各坐 50 人", "Two class rooms of fifty seats"),
                    row(2, "号教室", "Class room", capacity=50),
                    party=(20, 30, 40),
                ),
                centre(
                    "sports",
                    "gym",
                    ("文体健身活动中心", "Culture and sports centre"),
                    ("健身房 30 个位置", "A gym of thirty places"),
                    shared(("健身房", "Gym"), 30),
                    policy=SEATS,
                    prices=all_day(500),
                    market_fen=1500,
                    party=(1, 1, 2),
                    walk_ins=20,
                ),
                centre(
                    "safety",
                    "other",
                    ("安全教育体验中心", "Safety experience centre"),
                    ("体验触电、坠落、灭火，一批最多 20 人", "Try shock, fall and fire drills; up to twenty at a time"),
                    room(("体验馆", "Experience hall"), 20),
                    party=(10, 15, 20),
                ),
                centre(
                    "arts",
                    "classroom",
                    ("美术书画培训中心", "Fine arts and calligraphy centre"),
                    ("三间画室，有笔墨", "Three studios with brush and ink"),
                    row(3, "号画室", "Studio", capacity=20),
                    floor=("2 层", "Floor 2"),
                ),
                centre(
                    "startup",
                    "meeting",
                    ("工友创业孵化中心", "Start-up incubation centre"),
                    ("两间路演室，可以约导师", "Two pitch rooms; mentors by appointment"),
                    row(2, "号路演室", "Pitch room", capacity=16),
                    floor=("2 层", "Floor 2"),
                ),
                centre(
                    "legal",
                    "meeting",
                    ("法律援助服务中心", "Legal aid centre"),
                    ("两间咨询室，律师周一、周四坐班", "Two rooms; a lawyer is in on Mondays and Thursdays"),
                    row(2, "号咨询室", "Consulting room", capacity=4),
                    policy=REGISTERED | {"horizon_days": 14, "max_minutes": 60},
                    party=(1, 2),
                ),
                centre(
                    "health",
                    "other",
                    ("职工健康赋能中心", "Workers' health centre"),
                    ("体检、推拿、心理谈话", "Check-ups, massage, counselling"),
                    row(3, "号诊室", "Consulting room", capacity=2),
                    policy=MEMBERS | {"horizon_days": 7, "grid_minutes": 30, "min_minutes": 30, "max_minutes": 60},
                    party=(1,),
                    floor=("2 层", "Floor 2"),
                ),
                centre(
                    "service",
                    "table_tennis",
                    ("职工综合服务中心", "Workers' services centre"),
                    ("服务窗口，旁边有 4 张乒乓球台", "Service counters, with four table tennis tables beside"),
                    row(4, "号台", "Table", capacity=4),
                    policy=REGISTERED | {"horizon_days": 7, "opens_at": "00:00"},
                    party=(2, 2, 4),
                    walk_ins=60,
                ),
            ),
            (36.6612, 117.0170),
        ),
    ),
)


def gong(kind, name, summary, units, floor=1, **fields) -> VenueSpec:
    """One of the fifteen venues of the city palace; each bears the sign 工."""
    given: dict[str, Any] = {
        "policy": ROOMS,
        "busy": 0.22,
        "party": (4, 6, 10),
        "floor": (f"{floor} 层", f"Floor {floor}"),
    }
    return VenueSpec(kind=kind, name=name, summary=summary, units=units, **given | fields)


COURTS = MEMBERS | {"horizon_days": 7, "opens_at": "08:00"}
SPORTS = (
    gong(
        "badminton",
        ("工·羽毛球馆", "Gong badminton"),
        ("12 片场地", "Twelve courts"),
        (*row(12, "号场", "Court", capacity=6), whole(("整馆", "Whole hall"), 12, 200)),
        2,
        policy=COURTS,
        prices=by_day_part(500, 2000, 3500, weekend_more=500),
        market_fen=6000,
        busy=0.5,
        party=(2, 2, 4),
    ),
    gong(
        "basketball",
        ("工·篮球馆", "Gong basketball"),
        ("4 个半场", "Four half courts"),
        (*row(4, "号半场", "Half court", capacity=12), whole(("全场", "Both courts"), 4, 120)),
        policy=COURTS | {"party_min": 3},
        prices=by_day_part(0, 2000, 4000),
        market_fen=10000,
        busy=0.5,
        party=(4, 5, 6, 8),
    ),
    gong(
        "table_tennis",
        ("工·乒乓球馆", "Gong table tennis"),
        ("16 张球台", "Sixteen tables"),
        row(16, "号台", "Table", capacity=4),
        2,
        policy=REGISTERED | {"horizon_days": 7, "opens_at": "00:00"},
        prices=by_day_part(0, 500, 1000),
        market_fen=2000,
        party=(2, 2, 4),
    ),
    gong(
        "billiards",
        ("工·台球馆", "Gong billiards"),
        ("8 张球台", "Eight tables"),
        row(8, "号台", "Table", capacity=4),
        policy=REGISTERED | {"horizon_days": 7},
        prices=all_day(2000),
        market_fen=4000,
        mode="cooperative",
        party=(2, 3),
    ),
    gong(
        "gym",
        ("工·健身馆", "Gong gym"),
        ("120 个位置", "120 places"),
        shared(("健身馆", "Gym"), 120),
        policy=SEATS,
        prices=by_day_part(500, 800, 1500),
        market_fen=3000,
        mode="cooperative",
        busy=0.05,
        party=(1, 1, 2),
        walk_ins=40,
    ),
    gong(
        "other",
        ("工·游泳馆", "Gong pool"),
        ("25 米池，8 条泳道", "25 metre pool of eight lanes"),
        shared(("泳池名额", "Pool place"), 80),
        policy=SEATS,
        prices=by_day_part(1000, 1500, 2000),
        market_fen=4000,
        busy=0.05,
        party=(1, 1, 2),
    ),
)
ARTS = (
    gong(
        "theatre",
        ("工·大剧场", "Gong theatre"),
        ("800 座", "800 seats"),
        room(("大剧场", "Theatre"), 800),
        policy=MEMBERS | APPROVAL | {"buffer_minutes": 60},
        centre="arts",
        busy=0.06,
        party=(200, 400, 600),
    ),
    gong(
        "dance",
        ("工·舞蹈馆", "Gong dance"),
        ("三间舞蹈教室", "Three studios"),
        row(3, "号舞蹈室", "Studio", capacity=30),
        3,
        centre="arts",
        busy=0.6,
        party=(8, 12, 16),
    ),
    gong(
        "piano",
        ("工·音乐馆", "Gong music"),
        ("10 间琴房", "Ten practice rooms"),
        row(10, "号琴房", "Practice room", capacity=3),
        3,
        policy=REGISTERED | {"horizon_days": 14, "opens_at": "00:00"},
        centre="arts",
        party=(1, 2),
    ),
    gong(
        "classroom",
        ("工·书画馆", "Gong arts"),
        ("四间画室", "Four studios"),
        row(4, "号画室", "Studio", capacity=24),
        4,
        centre="arts",
    ),
    gong(
        "reading",
        ("工·书房", "Gong library"),
        ("200 个座位，开到关门", "200 seats until closing"),
        shared(("书房座位", "Library seat"), 200),
        policy=SEATS,
        centre="publicity",
        busy=0.03,
        party=(1, 1, 1, 2),
        walk_ins=60,
    ),
)
SERVICES = (
    gong(
        "classroom",
        ("工·学堂", "Gong school"),
        ("六间教室", "Six class rooms"),
        row(6, "号教室", "Class room", capacity=50),
        4,
        centre="publicity",
        party=(15, 20, 30),
        busy=0.15,
    ),
    gong(
        "other",
        ("工·匠坊", "Gong workshop"),
        ("焊接、车床、烘焙实操间", "Practice rooms for welding, turning and baking"),
        row(3, "号工位间", "Workshop", capacity=16),
        centre="publicity",
        party=(8, 12),
    ),
    gong(
        "meeting",
        ("工·会议中心", "Gong conference"),
        ("五间会议室", "Five meeting rooms"),
        row(5, "号会议室", "Meeting room", capacity=60),
        5,
        centre="service",
        party=(10, 20, 40),
    ),
    gong(
        "other",
        ("工·职工服务中心", "Gong workers' services"),
        ("法律、帮扶、就业，四间接待室", "Law, help and jobs in four rooms"),
        row(4, "号接待室", "Room", capacity=6),
        policy=REGISTERED | {"horizon_days": 14, "max_minutes": 60},
        centre="service",
        party=(1, 2),
    ),
)

LANNING = PalaceSpec(
    slug="lanning",
    name=("澜宁市工人文化宫", "Lanning Workers' Cultural Palace"),
    union="澜宁市总工会",
    region_code="990100",
    institution="class_2",
    palace_class="1",
    floor_area_m2=70_000,
    land_area_mu=58,
    address=("澜宁市钟麓大道 1 号", "1 Zhonglu Avenue, Lanning"),
    phone="0500-0000 0003",
    services=(
        "15 个“工”字号场馆。行政中心牵头管总，公益中心分管自营，拓展中心对接市场。",
        "Fifteen venues under the sign 工. The administrative centre leads, the welfare centre runs what is our own, the "
        "development centre works with the market.",
    ),
    discounts=(
        "会员价约为市场价的一半，上午更低；书房、学堂、书画馆免费。\n劳模半价，困难职工全免。",
        "Members pay about half the market price, less in the morning; library, school and arts are free.\n"
        "Model workers pay half, hardship members nothing.",
    ),
    hours=(
        "每天 9:00–21:00；7、8 月延到 22:00；法定节假日 9:00–17:00。",
        "Every day 9:00–21:00; in July and August until 22:00; on public holidays 9:00–17:00.",
    ),
    procedures=(
        "1. 线上订，到馆刷会员码。\n2. 包馆、借剧场要审批，三个工作日内答复。\n3. 退场看每个馆的规定，订的时候会写清楚。",
        "1. Book online, show your code when you come.\n2. Whole halls and the theatre need approval within three working "
        "days.\n3. Each venue has its rule for giving back, shown when you book.",
    ),
    sites=(
        SiteSpec(
            "main",
            ("主楼群", "Main buildings"),
            ("澜宁市钟麓大道 1 号", "1 Zhonglu Avenue, Lanning"),
            (
                "各楼都有坡道和无障碍电梯，地铁 2 号线出站口直通。",
                "Ramps and accessible lifts in all buildings; direct way from metro line 2.",
            ),
            (*SPORTS, *ARTS, *SERVICES),
            (31.5655, 120.3030),
        ),
    ),
)

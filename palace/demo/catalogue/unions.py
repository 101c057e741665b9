"""The tree of unions, the enterprises in it, and what their people do. All names are invented."""

# (parent, level, name, English name, region code)
TREE = [
    (None, "province", "澜东省总工会", "Landong Provincial Federation of Trade Unions", "990000"),
    ("澜东省总工会", "city", "嘉澜市总工会", "Jialan City Federation of Trade Unions", "990400"),
    ("澜东省总工会", "city", "澜宁市总工会", "Lanning City Federation of Trade Unions", "990100"),
    ("嘉澜市总工会", "county", "潮城市总工会", "Chaocheng Federation of Trade Unions", "990481"),
    ("嘉澜市总工会", "county", "善河县总工会", "Shanhe County Federation of Trade Unions", "990421"),
    ("嘉澜市总工会", "county", "平湾市总工会", "Pingwan Federation of Trade Unions", "990482"),
    ("嘉澜市总工会", "county", "秀塘区总工会", "Xiutang District Federation of Trade Unions", "990402"),
    ("嘉澜市总工会", "county", "桐源县总工会", "Tongyuan County Federation of Trade Unions", "990422"),
    ("嘉澜市总工会", "county", "澉川县总工会", "Ganchuan County Federation of Trade Unions", "990423"),
    ("嘉澜市总工会", "county", "南泾区总工会", "Nanjinghe District Federation of Trade Unions", "990403"),
    ("嘉澜市总工会", "county", "乌泽区总工会", "Wuze District Federation of Trade Unions", "990404"),
    ("澜宁市总工会", "county", "江浦岸区总工会", "Jiangpu'an District Federation of Trade Unions", "990102"),
    ("澜宁市总工会", "county", "钟麓区总工会", "Zhonglu District Federation of Trade Unions", "990103"),
]

# Towns of the main palace's county, each with a training base and a public park where a map has something to show.
TOWNS = [
    ("望潮镇", "Wangchao Town", (30.3962, 119.9875)),
    ("盐塘镇", "Yantang Town", (30.4402, 120.2051)),
    ("斜港镇", "Xiegang Town", (30.1468, 120.2235)),
    ("丁家浜街道", "Dingjiabang Street", (30.2712, 120.063)),
    ("长堤镇", "Changdi Town", (30.2365, 120.243)),
    ("袁湖街道", "Yuanhu Street", (30.3571, 120.1806)),
]

ENTERPRISES = {
    "潮城市总工会": [
        ("鼎新照明", "Dingxin Lighting"),
        ("云岫经编", "Yunxiu Knitting"),
        ("潮岸皮革", "Chao'an Leather"),
        ("启帆包装", "Qifan Packaging"),
        ("恒沐轴承", "Hengmu Bearings"),
        ("百澜电子", "Bailan Electronics"),
        ("望海楼物流", "Wanghailou Logistics"),
        ("禾下食品", "Hexia Foods"),
        ("长堤化纤", "Changdi Fibres"),
        ("澄光太阳能", "Chengguang Solar"),
        ("丝路晴家纺", "Siluqing Textiles"),
        ("金榫家具", "Jinsun Furniture"),
        ("潮城公交", "Chaocheng Buses"),
        ("潮城市第二人民医院", "Chaocheng Second Hospital"),
        ("潮城自来水", "Chaocheng Waterworks"),
        ("快马骑手站", "Kuaima Couriers"),
        ("潮城市实验小学", "Chaocheng Primary School"),
        ("盐塘农商行", "Yantang Rural Bank"),
        ("海月酒店", "Haiyue Hotel"),
        ("和风物业", "Hefeng Property Care"),
    ],
    "善河县总工会": [
        ("善河纸业", "Shanhe Paper"),
        ("汶桥机械", "Wenqiao Machinery"),
        ("善河畜牧发展中心", "Shanhe Livestock Centre"),
        ("善河县中医院", "Shanhe Chinese Medicine Hospital"),
        ("青禾种业", "Qinghe Seeds"),
    ],
    "澜宁市总工会": [
        ("澜宁港务", "Lanning Port"),
        ("钟麓重工", "Zhonglu Heavy Industry"),
        ("澜宁地铁", "Lanning Metro"),
        ("星渡软件", "Xingdu Software"),
        ("江岸乳业", "Jiang'an Dairy"),
        ("澜宁市图书馆", "Lanning City Library"),
    ],
}

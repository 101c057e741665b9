"""Invented people: a surname and a given name by chance. Nobody is meant; some share their name with a real person."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤褚卫柏单仇解查"
)
TWO_CHARACTER_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "夏侯", "慕容", "令狐", "东方")
WOMEN = "芳娜敏静秀霞丽燕玲娟艳萍红梅兰英莉桂凤琴云洁雪倩岚薇菁婷慧巧美淑惠珠翠雅芝玉露瑶怡婵雁蓓琳环悦昭冰爽茜羽希宁欣飘育滢"
MEN = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢佳阳建志国庆文武新利清力子安奇民友裕河哲江山海波峰信晨东成"
# Characters outside the first plane: four bytes each, and many a system has lost them.
RARE = ("𬱖", "𫖯", "𬭎", "𬍛", "𫘧", "𬸪", "𡐓", "𫟹")
SPECIAL = ("阿依努尔·买买提", "Daniel Osei", "欧阳𬱖", "尼玛次仁")


def full_name(chance: Random) -> str:
    surname = chance.choice(TWO_CHARACTER_SURNAMES) if chance.random() < 0.02 else chance.choice(SURNAMES)
    return surname + given_name(chance)


def given_name(chance: Random) -> str:
    letters = chance.choice((WOMEN, MEN))
    first = chance.choice(RARE) if chance.random() < 0.006 else chance.choice(letters)
    return first + (chance.choice(letters) if chance.random() < 0.72 else "")


def people(count: int, chance: Random) -> list[str]:
    """``count`` names, those that are hard for a system among them, as far as there is room."""
    special = list(SPECIAL[:count])
    return special + [full_name(chance) for _n in range(count - len(special))]


def child_of(name: str, chance: Random) -> str:
    """A child bears the surname of the parent."""
    surname = name[:2] if name[:2] in TWO_CHARACTER_SURNAMES else name[:1]
    return surname + chance.choice(WOMEN + MEN) + chance.choice(("", *(WOMEN + MEN)))

//! Chinese in simplified characters.

use super::table::*;
use crate::prose::sense::Rank;
use crate::prose::sense::Sense::{
    From, FromChange, Indefinite, Mark, Minus, Or, Power, Surplus, To, Unreadable, Whole,
};
use crate::prose::unit::Unit;

const CLDR_NUMBERS: &str = "CLDR 48.2 rbnf zh";
const CLDR_MONEY: &str = "CLDR 48.2 zh numbers/currencies";
const SITES: &str = "attested on news sites: inform.kz/cn, people.com.cn, chinanews.com.cn";
const GRAMMAR: &str = "grammar of Chinese";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(numeral(0, Rank::Unit), "零 〇", CLDR_NUMBERS),
    row(numeral(1, Rank::Unit), "一", CLDR_NUMBERS),
    row(numeral(2, Rank::Unit), "二 两", CLDR_NUMBERS),
    row(numeral(3, Rank::Unit), "三", CLDR_NUMBERS),
    row(numeral(4, Rank::Unit), "四", CLDR_NUMBERS),
    row(numeral(5, Rank::Unit), "五", CLDR_NUMBERS),
    row(numeral(6, Rank::Unit), "六", CLDR_NUMBERS),
    row(numeral(7, Rank::Unit), "七", CLDR_NUMBERS),
    row(numeral(8, Rank::Unit), "八", CLDR_NUMBERS),
    row(numeral(9, Rank::Unit), "九", CLDR_NUMBERS),
    row(Power(1), "十", CLDR_NUMBERS),
    row(Power(2), "百", CLDR_NUMBERS),
    row(Power(3), "千", CLDR_NUMBERS),
    row(counted(4), "万", CLDR_NUMBERS),
    row(counted(8), "亿", CLDR_NUMBERS),
    row(Whole, "点", CLDR_NUMBERS),
    row(Surplus, "余 多", SITES),
    row(Indefinite, "数 几 若干 半 好几 上百 上千 上万 上亿 成千上万 数以 第 统一 唯一 之一", GRAMMAR),
    row(Unreadable, "元旦 元首 元素 元件 元月 元年 元老 元帅 元宵 元勋 元音 元气 元宇宙 元认知 一元化 一元二次 三元里 元代 元朝 元配 元凶", GRAMMAR),

    row(unit(Unit::TENGE), "坚戈 腾格", CLDR_MONEY),
    row(unit(Unit::TIYN), "提因", CLDR_MONEY),
    row(unit(Unit::YUAN), "元 元人民币 块钱", CLDR_MONEY),
    row(Mark(Unit::YUAN), "人民币 rmb", CLDR_MONEY),
    row(unit(Unit::JIAO), "角", CLDR_MONEY),
    row(unit(Unit::FEN), "分", CLDR_MONEY),
    row(unit(Unit::DOLLAR), "美元 美金", CLDR_MONEY),
    row(unit(Unit::CENT), "美分", CLDR_MONEY),
    row(unit(Unit::EURO), "欧元", CLDR_MONEY),
    row(unit(Unit::POUND_BRITISH), "英镑", CLDR_MONEY),
    row(unit(Unit::YEN), "日元 日圆", CLDR_MONEY),
    row(unit(Unit::WON_KOREAN), "韩元 韩圆", CLDR_MONEY),
    row(unit(Unit::DOLLAR_HONG_KONG), "港元 港币", CLDR_MONEY),
    row(unit(Unit::DOLLAR_AUSTRALIAN), "澳元 澳大利亚元", CLDR_MONEY),
    row(unit(Unit::DOLLAR_CANADIAN), "加元 加拿大元", CLDR_MONEY),
    row(unit(Unit::DOLLAR_SINGAPORE), "新加坡元 新元", CLDR_MONEY),
    row(unit(Unit::DOLLAR_NEW_ZEALAND), "新西兰元 纽元", CLDR_MONEY),
    row(unit(Unit::DOLLAR_TAIWAN), "新台币 台币", CLDR_MONEY),
    row(unit(Unit::RUBLE), "卢布 俄罗斯卢布 俄卢布", CLDR_MONEY),
    row(unit(Unit::RUBLE_BELARUSIAN), "白俄罗斯卢布", CLDR_MONEY),
    row(unit(Unit::FRANC_SWISS), "瑞士法郎 瑞郎", CLDR_MONEY),
    row(unit(Unit::KRONA_SWEDISH), "瑞典克朗", CLDR_MONEY),
    row(unit(Unit::KRONA_NORWEGIAN), "挪威克朗", CLDR_MONEY),
    row(unit(Unit::KRONA_DANISH), "丹麦克朗", CLDR_MONEY),
    row(unit(Unit::LIRA), "里拉 土耳其里拉", CLDR_MONEY),
    row(unit(Unit::KGS), "索姆 吉尔吉斯斯坦索姆 吉尔吉斯索姆", CLDR_MONEY),
    row(unit(Unit::SUM), "苏姆 乌兹别克斯坦苏姆 乌兹别克苏姆", CLDR_MONEY),
    row(unit(Unit::SOMONI), "索莫尼", CLDR_MONEY),
    row(unit(Unit::HRYVNIA), "格里夫纳", CLDR_MONEY),
    row(unit(Unit::BAHT), "泰铢", CLDR_MONEY),
    row(unit(Unit::DONG), "越南盾", CLDR_MONEY),
    row(unit(Unit::RUPEE_INDIAN), "印度卢比", CLDR_MONEY),
    row(unit(Unit::MANAT_AZERBAIJANI), "阿塞拜疆马纳特", CLDR_MONEY),
    row(unit(Unit::TMT), "土库曼斯坦马纳特", CLDR_MONEY),
    row(unit(Unit::TUGRIK), "图格里克", CLDR_MONEY),
    row(unit(Unit::DIRHAM), "迪拉姆", CLDR_MONEY),
    row(unit(Unit::LARI), "拉里", CLDR_MONEY),

    row(ABOUT, "约 大约 约合 近 将近 接近 大概 差不多 折合 相当于约", SITES),
    row(ABOUT_AFTER, "左右 上下", SITES),
    row(AT_LEAST, "超过 超 逾 至少 不少于 不低于 最少 高于 多于 突破 大于", SITES),
    row(AT_LEAST_AFTER, "以上 有余", SITES),
    row(AT_MOST, "不超过 不足 不到 不高于 不多于 最多 最高 至多 高达 多达 低于 少于", SITES),
    row(AT_MOST_AFTER, "以下 以内", SITES),
    row(To, "至 到", SITES),
    row(FromChange, "从 由", SITES),
    row(From, "介于", SITES),
    row(Or, "或 或者", GRAMMAR),
    row(Minus, "负 减", GRAMMAR),
];

//! Chinese in simplified characters.
//!
//! - There are no spaces, so the longest listed word at a place is the token. Words with 元 that are no money, such as 元旦 and 元首, are listed as
//!   `Unreadable`: they must not end an amount.
//! - A country is a part of the currency's word, 澳大利亚元, and has no row of its own.
//! - Limits stand before the number (超过) or after the unit (以上); 余 and 多 stand in the number.
//! - 角 and 分 are money only after 元, and 多 also means "more than": a number must stand before it.

use super::table::*;
use crate::prose::sense::Rank;
use crate::prose::sense::Sense::{
    From, FromChange, Indefinite, Mark, Minus, Or, Power, Surplus, To, Unreadable, Whole,
};
use crate::prose::unit::Unit;

const JIEBA: &str = "jieba 0.42.1";
const JIEBA_SOFTWARE: &str = "jieba 0.42.1; attested public software";
const MONEY: &str = "CLDR 48.2 zh currencies";
const MONEY_SOFTWARE: &str = "CLDR 48.2 zh currencies; attested public software";
const NUMBERS: &str = "CLDR 48.2 zh rbnf";
const PROPOSED: &str = "proposed";

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row(numeral(0, Rank::Unit), "零 〇", NUMBERS),
    row(numeral(1, Rank::Unit), "一", NUMBERS),
    row(numeral(2, Rank::Unit), "二 两", NUMBERS),
    row(numeral(3, Rank::Unit), "三", NUMBERS),
    row(numeral(4, Rank::Unit), "四", NUMBERS),
    row(numeral(5, Rank::Unit), "五", NUMBERS),
    row(numeral(6, Rank::Unit), "六", NUMBERS),
    row(numeral(7, Rank::Unit), "七", NUMBERS),
    row(numeral(8, Rank::Unit), "八", NUMBERS),
    row(numeral(9, Rank::Unit), "九", NUMBERS),
    row(Power(1), "十", NUMBERS),
    row(Power(2), "百", NUMBERS),
    row(Power(3), "千", NUMBERS),
    row(counted(4), "万", NUMBERS),
    row(counted(8), "亿", NUMBERS),
    row(Whole, "点", NUMBERS),
    row(Surplus, "余 多", JIEBA),
    row(Indefinite, "数 几 若干 半 好几 上百 上千 上万 成千上万 第 统一 唯一 之一", JIEBA),
    row(Indefinite, "上亿 数以", PROPOSED),
    row(Unreadable, "元旦 元首 元素 元件 元月 元年 元老 元帅 元宵 元勋 元音 元气 元宇宙 元认知 一元化 日元旦 日元首 日元宵 日元年 三元里 元代 元朝 元配 元凶", JIEBA_SOFTWARE),
    row(Unreadable, "一元二次", PROPOSED),

    row(unit(Unit::TENGE), "坚戈 哈萨克斯坦坚戈", MONEY),
    row(unit(Unit::TENGE), "腾格", PROPOSED),
    row(unit(Unit::TIYN), "提因", PROPOSED),
    row(unit(Unit::YUAN), "元 元人民币 块钱", JIEBA_SOFTWARE),
    row(Mark(Unit::YUAN), "人民币", MONEY),
    row(unit(Unit::JIAO), "角", MONEY),
    row(unit(Unit::FEN), "分", JIEBA),
    row(unit(Unit::DOLLAR), "美元 美金", JIEBA),
    row(unit(Unit::CENT), "美分", JIEBA),
    row(unit(Unit::EURO), "欧元", MONEY),
    row(unit(Unit::POUND_BRITISH), "英镑", MONEY),
    row(unit(Unit::YEN), "日元 日圆", JIEBA),
    row(unit(Unit::WON_KOREAN), "韩元 韩圆", MONEY_SOFTWARE),
    row(unit(Unit::DOLLAR_HONG_KONG), "港元 港币", JIEBA),
    row(unit(Unit::DOLLAR_AUSTRALIAN), "澳元 澳大利亚元", JIEBA),
    row(unit(Unit::DOLLAR_CANADIAN), "加元 加拿大元", MONEY),
    row(unit(Unit::DOLLAR_SINGAPORE), "新加坡元 新元", JIEBA),
    row(unit(Unit::DOLLAR_NEW_ZEALAND), "新西兰元 纽元", MONEY_SOFTWARE),
    row(unit(Unit::DOLLAR_TAIWAN), "新台币 台币", MONEY),
    row(unit(Unit::RUBLE), "卢布 俄罗斯卢布 俄卢布", MONEY_SOFTWARE),
    row(unit(Unit::RUBLE_BELARUSIAN), "白俄罗斯卢布 白俄卢布", MONEY_SOFTWARE),
    row(unit(Unit::FRANC_SWISS), "瑞士法郎 瑞郎", MONEY_SOFTWARE),
    row(unit(Unit::KRONA_SWEDISH), "瑞典克朗", MONEY),
    row(unit(Unit::KRONA_NORWEGIAN), "挪威克朗", MONEY),
    row(unit(Unit::KRONA_DANISH), "丹麦克朗", MONEY),
    row(unit(Unit::LIRA), "里拉 土耳其里拉", MONEY),
    row(unit(Unit::KGS), "索姆 吉尔吉斯斯坦索姆", MONEY),
    row(unit(Unit::KGS), "吉尔吉斯索姆", PROPOSED),
    row(unit(Unit::SUM), "苏姆 乌兹别克斯坦苏姆", MONEY),
    row(unit(Unit::SUM), "乌兹别克苏姆", PROPOSED),
    row(unit(Unit::SOMONI), "索莫尼 塔吉克斯坦索莫尼", MONEY),
    row(unit(Unit::HRYVNIA), "格里夫纳 乌克兰格里夫纳", MONEY),
    row(unit(Unit::BAHT), "泰铢", MONEY),
    row(unit(Unit::DONG), "越南盾", MONEY),
    row(unit(Unit::RUPEE_INDIAN), "印度卢比", MONEY),
    row(unit(Unit::MANAT_AZERBAIJANI), "阿塞拜疆马纳特", MONEY),
    row(unit(Unit::TMT), "土库曼斯坦马纳特", MONEY),
    row(unit(Unit::TUGRIK), "图格里克 蒙古图格里克", MONEY),
    row(unit(Unit::DIRHAM), "迪拉姆 阿联酋迪拉姆", MONEY),
    row(unit(Unit::LARI), "拉里 格鲁吉亚拉里", MONEY),
    row(unit(Unit::AMD), "亚美尼亚德拉姆", MONEY),
    row(unit(Unit::KRONA_CZECH), "捷克克朗", MONEY),
    row(unit(Unit::SHEKEL), "以色列新谢克尔", MONEY),
    row(unit(Unit::FORINT), "匈牙利福林", MONEY),
    row(unit(Unit::RINGGIT), "马来西亚林吉特", MONEY),
    row(unit(Unit::ZLOTY), "波兰兹罗提", MONEY),
    row(unit(Unit::RAND), "南非兰特", MONEY),
    row(unit(Unit::MDL), "摩尔多瓦列伊", MONEY),
    row(unit(Unit::SAR), "沙特里亚尔", MONEY),
    row(unit(Unit::IDR), "印度尼西亚卢比", MONEY),
    row(unit(Unit::REAL_BRAZILIAN), "巴西雷亚尔", MONEY),

    row(ABOUT, "约 大约 约合 近 将近 接近 大概 差不多 折合", JIEBA),
    row(ABOUT, "相当于约", PROPOSED),
    row(ABOUT_AFTER, "左右 上下", JIEBA),
    row(AT_LEAST, "超过 超 逾 至少 不低于 最少 高于 多于 突破 大于", JIEBA_SOFTWARE),
    row(AT_LEAST, "不少于", PROPOSED),
    row(AT_LEAST_AFTER, "以上 有余", JIEBA),
    row(AT_MOST, "不超过 不足 不到 不高于 最多 最高 至多 高达 多达 低于 少于", JIEBA_SOFTWARE),
    row(AT_MOST, "不多于", PROPOSED),
    row(AT_MOST_AFTER, "以下 以内", JIEBA),
    row(To, "至 到", JIEBA),
    row(FromChange, "从 由", JIEBA),
    row(From, "介于", JIEBA),
    row(Or, "或 或者", JIEBA),
    row(Minus, "负 减", JIEBA),
];

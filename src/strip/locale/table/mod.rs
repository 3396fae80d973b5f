//! The words of each language, generated from the tables in `locale/data`.

pub(super) mod en;
pub(super) mod kk;
pub(super) mod kk_arab;
pub(super) mod kk_latn;
pub(super) mod kk_latn_2021;
pub(super) mod ru;
pub(super) mod uz_cyrl;
pub(super) mod uz_latn;
pub(super) mod zh_hans;

//! The integration tests, in one binary so that the crate is linked once.

mod floors;
mod strip;
mod support;

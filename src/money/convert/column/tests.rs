//! Tests of the kernels and of the choice between them, at every level of vector instructions of the machine.

mod dated;
mod kernels;
mod paths;

use fearless_simd::{Level, Simd};

/// The levels of vector instructions of this machine, the lowest first.
fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let levels = [
        best.as_sse2().map(Simd::level),
        best.as_sse4_2().map(Simd::level),
        best.as_avx2().map(Simd::level),
        best.as_avx512().map(Simd::level),
    ];
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let levels = [Some(best)];
    levels.into_iter().flatten().collect()
}

#[cfg(target_arch = "x86_64")]
#[test]
fn multiplication_is_fused_only_from_avx2_on() {
    use super::fuses;
    use fearless_simd::dispatch;

    for level in levels() {
        let (level, fused) = dispatch!(level, simd => (simd.level(), fuses(simd)));
        let newer = matches!(level, Level::Avx2(_) | Level::Avx512(_));
        assert_eq!(fused, newer, "{level:?}");
    }
}

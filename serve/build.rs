//! Packs the addresses in the tables of time zones, for the small program of the profile `dist`: they are a tenth of its size without.

use std::env;
use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let is = |variable, value| env::var(variable).is_ok_and(|found| found == value);
    let mut cargo = io::stdout();
    writeln!(cargo, "cargo::rerun-if-changed=build.rs")?;
    // Only that profile: the program then needs glibc 2.36. A linker that does not know the option ignores it.
    if is("OPT_LEVEL", "s")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
    {
        writeln!(
            cargo,
            "cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs"
        )?;
    }
    Ok(())
}

//! The list of the built-in banks.

use super::profile::Profile;
use super::{cbr, cbu, ecb, national_bank_kz, nbkr, nbrb};
use crate::provenance::SourceId;

/// The profiles by name, of the banks that have a constructor.
#[cfg(feature = "ticker")]
pub(crate) mod profiles {
    pub(crate) use super::cbr::PROFILE as CBR;
    pub(crate) use super::cbu::PROFILE as CBU;
    pub(crate) use super::ecb::PROFILE as ECB;
    pub(crate) use super::national_bank_kz::PROFILE as NATIONAL_BANK_KZ;
    pub(crate) use super::nbkr::PROFILE as NBKR;
    pub(crate) use super::nbrb::PROFILE as NBRB;
}

/// The built-in banks. Budgets, the health, [`Bank`](crate::ticker::Bank) with its ids, the programs and the tests take them from this list.
pub(crate) static BANKS: [&Profile; 6] = [
    &national_bank_kz::PROFILE,
    &cbr::PROFILE,
    &cbu::PROFILE,
    &nbkr::PROFILE,
    &nbrb::PROFILE,
    &ecb::PROFILE,
];

/// Returns the built-in bank with an id.
pub(crate) fn bank(id: &SourceId) -> Option<&'static Profile> {
    BANKS.into_iter().find(|bank| bank.id == *id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{BANKS, bank as bank_of};

    #[test]
    fn every_bank_is_in_the_list_once_and_names_what_it_is() {
        let ids: BTreeSet<&str> = BANKS.iter().map(|bank| bank.id.as_str()).collect();
        assert_eq!(ids.len(), BANKS.len());
        for bank in BANKS {
            let id = &bank.id;
            let sources = (bank.in_force)(&[]);
            assert_eq!(sources.first().map(|source| source.id()).as_ref(), Some(id));
            assert_eq!((bank.witness)().id(), *id);
            assert!(bank.newest.is_none_or(|newest| newest().id() == *id));
            assert!(bank.budget.usual > 0 && bank.days_ahead > 0, "{id}");
            for (witness, _) in bank.witnesses {
                assert!(
                    witness != id && bank_of(witness).is_some(),
                    "{id}: {witness}"
                );
            }
            assert!(
                bank.shown
                    .iter()
                    .filter(|shown| **shown != bank.home)
                    .count()
                    >= 2
            );
        }
    }

    #[test]
    fn a_file_of_a_bank_that_is_missing_in_the_list_is_found() {
        // Each bank has a file or a folder with a profile.
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source");
        let profiles = std::fs::read_dir(folder).unwrap().filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            let file = if path.is_dir() {
                path.join("mod.rs")
            } else {
                path
            };
            let code = std::fs::read_to_string(file).unwrap();
            code.contains("\npub(crate) static PROFILE: Profile")
        });
        assert_eq!(profiles.count(), BANKS.len());
    }
}

//! The integration tests of `masthead`, as four test targets: `it`, `hostile`, `faults`, `redis`.

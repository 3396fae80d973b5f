//! The integration tests of `masthead`, a test target each: `it`, `hostile`, `faults`, `redis`.

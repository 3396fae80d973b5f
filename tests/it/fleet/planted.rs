//! Bugs planted in the store are found, each at a named seed; without the plant the same worlds are well.

use super::life::{Plan, live};
use super::server::Plant;

#[test]
fn scratch() {
    let plants = [
        Plant::NoCompareAndSet,
        Plant::NoFutureClamp,
        Plant::LeaseTrusted,
    ];
    for seed in 0..20 {
        for plant in plants {
            let plan = Plan {
                plant: Some(plant),
                ..Plan::bad(seed, 3, 8)
            };
            println!("{plan}: {:?}", live(plan).map(|_| ()));
        }
    }
}

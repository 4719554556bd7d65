//! Simulated minutes of a device on a bad link: no sample is wrong, and none is unaccounted for. `examples/soak` does the
//! same for days.

#[path = "../examples/soak/plan.rs"]
mod plan;
#[path = "../examples/soak/run.rs"]
mod run;
#[path = "../examples/soak/world.rs"]
mod world;

use plan::Plan;

fn minutes(samples_per_frame: usize, corrupt_bytes: f64, seed: u64) -> run::Outcome {
    let plan = Plan {
        seconds: 600.0,
        samples_per_frame,
        corrupt_bytes,
        unplug_every_seconds: 130.0,
        unplugged_seconds: 3.0,
        restart_each_unplugs: 3,
        seed,
        ..Plan::default()
    };
    run::run(&plan, |_, _| {})
}

#[test]
fn no_sample_is_wrong_and_none_unaccounted_for() {
    // Two bytes in a hundred; one frame in fifty; a clean line that is unplugged now and then.
    for (samples_per_frame, corrupt_bytes) in [(1, 0.02), (10, 0.02), (10, 7.4e-5), (20, 0.0)] {
        let outcome = minutes(samples_per_frame, corrupt_bytes, 3);
        assert!(outcome.is_clean(), "{outcome:?}");
        assert_eq!(outcome.instants_sent() / 500, 600);
        assert_eq!((outcome.sent.unplugged, outcome.ledger.links_lost), (4, 4));
        assert_eq!(outcome.sent.instants.len(), 2);
        if corrupt_bytes == 0.0 {
            // Three seconds at each of four times, and what was on its way.
            let missing = outcome.ledger.samples_missing.all + outcome.lost_at_power_cuts;
            assert!((6_000..6_500).contains(&missing), "{outcome:?}");
        }
        if corrupt_bytes < 1e-3 {
            let drift = outcome.drift_ppm.expect("minutes since the restart");
            assert!((drift.value - 37.0).abs() < 10.0, "{drift:?}");
            assert_eq!(outcome.ledger.sessions, 2);
        }
    }
}

//! The firmware on an emulated Cortex-M4F: what comes out of its UART is, sample by sample, what its simulated front
//! end converted, and what goes in is obeyed.
//!
//! Skipped, with the reason, where QEMU or Rust's library for the processor is missing.

mod emulator;
mod host;
mod machine;
mod played;

use ecg2mri_shim::wire::{Activity, Body, ChannelChoice, Command, Outcome, Verdict};
use host::Host;
use machine::Machine;
use played::Played;

/// Ten seconds, and so the whole recording.
const SAMPLES: usize = 5000;

#[test]
fn every_sample_is_what_the_chip_converted() {
    let Some(machine) = Machine::start("every_sample_is_what_the_chip_converted") else {
        return;
    };
    let mut host = Host::new(machine);
    let mut played = Played::new();
    assert!(matches!(host.frame(), Body::Hello(hello) if played.hears(&hello)));
    while played.checked() < SAMPLES {
        match host.frame() {
            Body::Hello(hello) => _ = played.hears(&hello),
            Body::Samples(samples) => played.check(&samples),
            Body::State(state) => {
                assert_eq!(state.counts, Default::default(), "nothing is lost");
            }
            other => panic!("nothing was asked, yet there came {other:?}"),
        }
    }
}

#[test]
fn commands_are_obeyed() {
    let Some(machine) = Machine::start("commands_are_obeyed") else {
        return;
    };
    let mut host = Host::new(machine);
    let mut played = Played::new();

    for gain in [12, 4] {
        let channels = ChannelChoice::All;
        assert_eq!(
            host.ask(Command::SetGain { channels, gain }, &mut played),
            Outcome::Done
        );
        check_more(&mut host, &mut played, 200);
        assert!(
            played
                .hello()
                .channels
                .iter()
                .all(|channel| channel.gain == gain)
        );
    }
    let channels = ChannelChoice::One(2);
    assert_eq!(
        host.ask(Command::SetGain { channels, gain: 5 }, &mut played),
        Outcome::Impossible
    );

    for millihertz in [1_000_000, 250_000, 500_000] {
        assert_eq!(
            host.ask(Command::SetRate { millihertz }, &mut played),
            Outcome::Done
        );
        check_more(&mut host, &mut played, 200);
        assert_eq!(played.hello().sampling_rate_millihertz, millihertz);
    }
    assert_eq!(
        host.ask(
            Command::SetRate {
                millihertz: 123_000
            },
            &mut played
        ),
        Outcome::Impossible
    );
    check_more(&mut host, &mut played, 50);

    assert_eq!(host.ask(Command::Stop, &mut played), Outcome::Done);
    assert_eq!(host.ask(Command::Identify, &mut played), Outcome::Done);
    let checked = played.checked();
    let activity = host.until(&mut played, |body| match body {
        Body::State(state) => Some(state.activity),
        _ => None,
    });
    assert_eq!((activity, played.checked()), (Activity::Stopped, checked));
    assert_eq!(host.ask(Command::Start, &mut played), Outcome::Done);
    check_more(&mut host, &mut played, 200);
}

#[test]
fn the_self_test_passes_and_gives_the_ecg_back() {
    let Some(machine) = Machine::start("the_self_test_passes_and_gives_the_ecg_back") else {
        return;
    };
    let mut host = Host::new(machine);
    let mut played = Played::new();
    check_more(&mut host, &mut played, 50);
    assert_eq!(host.ask(Command::SelfTest, &mut played), Outcome::Done);
    assert_eq!(host.ask(Command::Stop, &mut played), Outcome::Busy);
    let result = host.until(&mut played, |body| match body {
        Body::SelfTest(result) => Some(result.clone()),
        _ => None,
    });
    assert_eq!(result.verdict, Verdict::Passed, "{result:?}");
    assert_eq!(result.channels.len(), 8);
    check_more(&mut host, &mut played, 200);
}

/// Checks so many samples more.
fn check_more(host: &mut Host, played: &mut Played, samples: usize) {
    let enough = played.checked() + samples;
    while played.checked() < enough {
        host.until(played, |body| {
            matches!(body, Body::Samples(_)).then_some(())
        });
    }
}

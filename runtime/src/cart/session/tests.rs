//! What a session makes of bytes, whole and damaged.

use ecg2mri_shim::wire::{Activity, Body, Counts, LeadOff, LeadOffSettings, State, Status};
use proptest::prelude::*;

use super::*;
use crate::cart::fixtures::{Device, LEADS};
use crate::ecg::Lead;

/// All updates of a session that gets `bytes`.
fn updates(session: &mut Session, bytes: &[u8]) -> Vec<Update> {
    let mut updates = Vec::new();
    session.push(bytes, |update| updates.push(update));
    updates
}

/// Gaps and blocks, in the short form position and length; a gap's length is negative.
fn spans(updates: &[Update]) -> Vec<(u64, i64)> {
    let span = |update: &Update| match update {
        Update::Gap(gap) => Some((gap.position, -(gap.length as i64))),
        Update::Samples(block) => Some((block.position, block.len() as i64)),
        _ => None,
    };
    updates.iter().filter_map(span).collect()
}

#[test]
fn samples_are_scaled_by_the_hello_that_describes_them() {
    let mut device = Device::new(1);
    let bytes = [device.hello(), device.samples(10)].concat();
    let updates = updates(&mut Session::new(), &bytes);
    let [
        Update::Session { session: 1 },
        Update::Layout(layout),
        Update::Samples(block),
    ] = updates.as_slice()
    else {
        panic!("{updates:?}");
    };
    let leads: Vec<Lead> = layout.leads().map(|(_, lead)| lead).collect();
    assert_eq!(leads[..3], [Lead::V6, Lead::I, Lead::II]);
    assert_eq!(leads.len(), LEADS.len());
    for channel in 0..8 {
        let millivolts = block.millivolts(channel).expect("a channel");
        for (sample, millivolts) in millivolts.enumerate() {
            // 2.4 V at gain 6 over 2^23 - 1 codes, in millivolts.
            let code = f64::from(Device::code(sample as u32, channel));
            let expected = (code * 2400.0 / (6.0 * 8_388_607.0)) as f32;
            assert!((millivolts - expected).abs() <= expected.abs() * 1e-6);
        }
    }
    assert!(block.millivolts(8).is_none());
    assert_eq!(
        layout.to_string(),
        "simulator, firmware 1.2.3, 500 Hz, leads V6 I II V2 V3 V4 V5 V1"
    );
}

#[test]
fn gaps_have_their_exact_length_and_their_cause() {
    let mut device = Device::new(1);
    let mut session = Session::new();
    let begin = [device.hello(), device.samples(10)].concat();
    updates(&mut session, &begin);
    // Lost on the link.
    for _ in 0..3 {
        device.samples(10);
    }
    let after = updates(&mut session, &device.samples(10));
    assert_eq!(spans(&after), [(10, -30), (40, 10)]);
    // Lost in the device.
    device.next_sample += 7;
    device.status = Status::OVERRUN;
    let after = updates(&mut session, &device.samples(10));
    assert_eq!(spans(&after), [(50, -7), (57, 10)]);
    // Both, which cannot be told apart, and something that the device does not explain.
    device.status = Status::SPI_ERROR;
    device.samples(10);
    device.next_sample += 1;
    let after = updates(&mut session, &device.samples(10));
    assert_eq!(spans(&after), [(67, -11), (78, 10)]);
    device.status = Status::NONE;
    device.next_sample += 2;
    updates(&mut session, &device.samples(10));
    let ledger = session.ledger();
    let missing = &ledger.samples_missing;
    let by_cause = (
        missing.link,
        missing.queue,
        missing.several,
        missing.unexplained,
    );
    assert_eq!(by_cause, (30, 7, 11, 2));
    assert_eq!(
        (missing.all, missing.gaps, ledger.frames.missing),
        (50, 4, 4)
    );
    assert_eq!(ledger.samples_accounted(), u64::from(device.next_sample));
}

#[test]
fn samples_without_their_hello_are_missing_and_not_guessed() {
    let mut device = Device::new(1);
    let mut session = Session::new();
    // A hello of another configuration is lost.
    let begin = [device.hello(), device.samples(10)].concat();
    updates(&mut session, &begin);
    device.hello.configuration = 1;
    device.hello.channels[0].gain = 12;
    device.hello();
    let after = updates(&mut session, &device.samples(10));
    let [Update::Gap(gap)] = after.as_slice() else {
        panic!("{after:?}");
    };
    assert!(gap.causes.no_hello && (gap.position, gap.length) == (10, 10));
    assert_eq!(gap.causes.to_string(), "no hello says what they mean");
    let bytes = [device.hello(), device.samples(10)].concat();
    let after = updates(&mut session, &bytes);
    assert_eq!(spans(&after), [(20, 10)]);
    assert_eq!(session.ledger().samples_missing.no_hello, 10);
    // A new session knows nothing of the hellos before.
    let mut restarted = Device::new(2);
    restarted.hello();
    let after = updates(&mut session, &restarted.samples(10));
    assert_eq!(spans(&after), [(0, -10)]);
}

#[test]
fn a_device_that_begins_anew_under_its_old_number_is_heard_again() {
    let mut session = Session::new();
    let mut device = Device::new(1);
    let mut bytes = device.hello();
    for _ in 0..500 {
        bytes.extend(device.samples(10));
    }
    updates(&mut session, &bytes);
    let mut device = Device::new(1);
    let mut heard = Vec::new();
    for _ in 0..300 {
        heard.extend(updates(&mut session, &device.hello()));
        heard.extend(updates(&mut session, &device.samples(10)));
    }
    assert_eq!(session.ledger().begun_anew, 1);
    assert_eq!(session.ledger().frames.stale, 100);
    assert_eq!(session.ledger().frames.missing, 0);
    assert_eq!(spans(&heard).len(), 250);
}

#[test]
fn an_unplugged_link_goes_on_where_it_was() {
    let mut session = Session::new();
    let mut device = Device::new(1);
    let bytes = [device.hello(), device.samples(10)].concat();
    updates(&mut session, &bytes);
    let cut = device.samples(10);
    updates(&mut session, &cut[..100]);
    session.link_lost();
    device.samples(10);
    let rest = device.samples(10);
    let after = updates(&mut session, &[&cut[200..], &rest[..]].concat());
    assert_eq!(spans(&after), [(10, -20), (30, 10)]);
    let ledger = session.ledger();
    assert_eq!(
        (ledger.damaged.unfinished, ledger.damaged.stretches),
        (1, 2)
    );
    assert_eq!((ledger.links_lost, ledger.sessions), (1, 1));
    assert!(
        ledger.to_string().contains("20 missing in 1 gaps"),
        "{ledger}"
    );
}

#[test]
fn messages_of_the_device_are_handed_on() {
    let mut device = Device::new(1);
    let state = State {
        activity: Activity::Stopped,
        lead_off: LeadOffSettings::OFF,
        electrodes_off: LeadOff::NONE,
        next_instant: 5,
        counts: Counts::default(),
    };
    let bytes = [device.hello(), device.frame(Body::State(state), 1)].concat();
    let updates = updates(&mut Session::new(), &bytes);
    assert_eq!(updates.last(), Some(&Update::State(state)));
}

#[test]
fn electrodes_off_have_their_names() {
    let layout = crate::cart::Layout::new(Device::new(1).hello);
    let off = |positive, negative| {
        let off = layout.electrodes_off(LeadOff { positive, negative });
        let names: Vec<String> = off.iter().map(ToString::to_string).collect();
        names.join(" ")
    };
    assert_eq!(off(0, 0), "");
    // V6, LA of I; RA is the negative input of I and of II, and named once.
    assert_eq!(off(0b11, 0b110), "RA LA V6");
    // The reference of V6 is not sensed.
    assert_eq!(off(0, 1), "");
    assert_eq!(off(0b1000_0100, 0), "LL V1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn whatever_happens_on_the_way_every_sample_is_right_or_missing(
        counts in prop::collection::vec(1_u32..=20, 20..60),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..40),
        piece in 1_usize..700,
    ) {
        let mut device = Device::new(9);
        let mut bytes = device.hello();
        for count in counts {
            bytes.extend(device.samples(count));
        }
        for (place, byte, kind) in damage {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] ^= byte,
                1 => { bytes.remove(place); }
                2 => bytes.insert(place, byte),
                _ => { bytes.drain(place..(place + usize::from(byte)).min(bytes.len() - 1)); }
            }
        }
        // Two that arrive whole, so that all before them is accounted for.
        bytes.push(0);
        bytes.extend(device.hello());
        bytes.extend(device.samples(3));
        let mut session = Session::new();
        let mut next = 0;
        let mut wrong = 0;
        for piece in bytes.chunks(piece) {
            session.push(piece, |update| {
                let (position, length) = match &update {
                    Update::Gap(gap) => (gap.position, gap.length),
                    Update::Samples(block) => {
                        for (instant, row) in (block.position..).zip(block.codes().rows()) {
                            let right = |(channel, &code)| code == Device::code(instant as u32, channel);
                            wrong += usize::from(!row.iter().enumerate().all(right));
                        }
                        (block.position, block.len() as u64)
                    }
                    _ => return,
                };
                // Where the first hello was damaged we join midway, and what came before is not ours.
                wrong += usize::from(position != next && next != 0);
                next = position + length;
            });
        }
        prop_assert_eq!(wrong, 0);
        prop_assert_eq!(next, u64::from(device.next_sample));
    }
}

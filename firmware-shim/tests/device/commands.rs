//! What the host asks, and what it is answered.

use crate::bench::{Board, ItemQueue, Plan, settings};
use ecg2mri_shim::acquisition::ApplyError;
use ecg2mri_shim::wire::{
    Activity, ChannelChoice, Command, Frame, Happening, Header, LeadOff, LeadOffMode,
    LeadOffSettings, Outcome, Status, encode_frame,
};

fn outcome(board: &mut Board<'_>, command: Command) -> Outcome {
    let number = board.command(command);
    board.smooth(3);
    let answer = board.host.answer(number).expect("an answer came");
    assert_eq!((answer.session, answer.command), (9, command.code()));
    answer.outcome
}

#[test]
fn a_rate_takes_effect_between_two_frames() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(57);
    let faster = Command::SetRate {
        millihertz: 1_000_000,
    };
    assert_eq!(outcome(&mut board, faster), Outcome::Done);
    board.settle();
    let host = &board.host;
    host.balance();
    let event = host
        .occurrences
        .iter()
        .find(|one| one.what == Happening::CommandApplied { command: 0x84 })
        .expect("an event says when");
    let first = host
        .samples
        .iter()
        .find(|samples| samples.configuration == 1)
        .expect("samples at the new rate");
    assert_eq!(event.instant, first.first_sample);
    assert_eq!(host.state.expect("a state").counts.lost_in_all(), 0);
}

#[test]
fn settling_is_flagged_for_the_instants_it_takes() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(57);
    let louder = Command::SetGain {
        channels: ChannelChoice::All,
        gain: 12,
    };
    assert_eq!(outcome(&mut board, louder), Outcome::Done);
    board.settle();
    for configuration in [0, 1] {
        let unsettled: usize = board
            .host
            .samples
            .iter()
            .filter(|samples| samples.configuration == configuration)
            .filter(|samples| samples.status.contains(Status::SETTLING))
            .map(|samples| samples.block.sample_count())
            .sum();
        assert_eq!(unsettled, 3, "configuration {configuration}");
    }
}

#[test]
fn what_the_front_end_cannot_do_changes_nothing() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(40);
    for impossible in [
        Command::SetRate { millihertz: 0 },
        Command::SetRate {
            millihertz: 360_000,
        },
        Command::SetGain {
            channels: ChannelChoice::One(8),
            gain: 6,
        },
        Command::SetGain {
            channels: ChannelChoice::All,
            gain: 5,
        },
        Command::SetLeadOff(LeadOffSettings {
            mode: LeadOffMode::Other(9),
            ..LeadOffSettings::OFF
        }),
    ] {
        assert_eq!(outcome(&mut board, impossible), Outcome::Impossible);
    }
    board.settle();
    board.host.balance();
    let state = board.host.state.expect("a state");
    assert_eq!(state.counts.lost_in_all(), 0, "sampling went on");
    assert!(
        board
            .host
            .samples
            .iter()
            .all(|samples| samples.configuration == 0)
    );
}

#[test]
fn start_and_stop() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(false));
    board.smooth(600);
    assert_eq!(board.host.delivered, 0);
    let activity = |board: &Board<'_>| board.host.state.expect("a state").activity;
    assert_eq!(activity(&board), Activity::Stopped);
    for _ in 0..2 {
        assert_eq!(outcome(&mut board, Command::Start), Outcome::Done);
    }
    board.smooth(150);
    assert_eq!(activity(&board), Activity::Sampling);
    assert_eq!(outcome(&mut board, Command::Stop), Outcome::Done);
    let delivered = board.host.delivered;
    assert!(delivered > 90);
    board.smooth(600);
    assert_eq!(board.host.delivered, delivered);
    assert_eq!(activity(&board), Activity::Stopped);
    board.host.balance();
}

#[test]
fn identify_brings_hello_and_state_at_once() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(false));
    let before = board.host.hellos;
    board.host.state = None;
    assert_eq!(outcome(&mut board, Command::Identify), Outcome::Done);
    assert_eq!(board.host.hellos, before + 1);
    assert!(board.host.state.is_some());
}

#[test]
fn a_hello_comes_each_second() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(4950);
    // 4950 conversions of 2.02 milliseconds are ten seconds.
    assert!(
        (10..=11).contains(&board.host.hellos),
        "{}",
        board.host.hellos
    );
}

#[test]
fn a_second_command_finds_the_device_busy() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(40);
    let first = board.command(Command::Stop);
    let second = board.command(Command::Start);
    board.smooth(2);
    let outcome = |number| board.host.answer(number).map(|answer| answer.outcome);
    assert_eq!(outcome(first), Some(Outcome::Done));
    assert_eq!(outcome(second), Some(Outcome::Busy));
}

#[test]
fn failures_of_the_front_end_are_answered_and_mended() {
    for (error, expected) in [
        (ApplyError::Spi, Outcome::SpiError),
        (ApplyError::NotVerified, Outcome::NotVerified),
    ] {
        let mut queue = ItemQueue::new();
        let mut board = Board::new(&mut queue, settings(true));
        board.smooth(400);
        board.world.apply_fault.set(Some(error));
        let louder = Command::SetGain {
            channels: ChannelChoice::All,
            gain: 12,
        };
        assert_eq!(outcome(&mut board, louder), expected);
        board.world.apply_fault.set(None);
        let state = board.host.state.expect("a state");
        assert_eq!(state.activity, Activity::Stopped);
        // A second later the old settings are in force again.
        board.smooth(1200);
        assert_eq!(board.device.settings().gains[..], [6; 8]);
        let state = board.host.state.expect("a state");
        assert_eq!(state.activity, Activity::Sampling);
        let mended = |one: &&ecg2mri_shim::wire::Occurrence| one.what == Happening::FrontEndReset;
        assert_eq!(board.host.occurrences.iter().filter(mended).count(), 1);
        board.settle();
        board.host.balance();
        // What the front end missed meanwhile is counted: a second at 500 per second.
        let lost = board.host.lost[1];
        assert!((480..640).contains(&lost), "{lost}");
    }
}

#[test]
fn damaged_and_repeated_commands_are_counted_and_not_obeyed() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    let now = board.world.now.get();
    let (_, identify) = board.host.command(Command::Identify);
    let (_, mut stop) = board.host.command(Command::Stop);
    stop[7] ^= 0x10;
    let (_, rate) = board.host.command(Command::SetRate {
        millihertz: 250_000,
    });
    let echo = board.device.outgoing().to_vec();
    for bytes in [&identify, &identify, &stop, &rate, &echo] {
        board.device.receive(bytes, now);
    }
    board.smooth(20);
    let answers: Vec<u32> = (board.host.acknowledgements.iter())
        .map(|answer| answer.sequence)
        .collect();
    assert_eq!(answers, [0, 2]);
    // The repetition, the damage, and the gap that the damage left.
    board.settle();
    let counts = board.host.state.expect("a state").counts;
    assert_eq!(counts.commands_damaged, 3);
}

#[test]
fn unknown_commands_are_answered() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    let header = Header {
        session: 9,
        sequence: 0,
        timestamp_microseconds: 0,
    };
    let frame = Frame {
        header,
        body: Command::Identify,
    };
    let mut bytes = [0; 64];
    let used = encode_frame(&frame, &mut bytes).expect("a command");
    let mut raw = [0; 64];
    let length = cobs::decode(&bytes[..used], &mut raw).expect("a frame");
    let length = length.frame_size() - 4;
    raw[1] = 0xEE;
    let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&raw[..length]);
    raw[length..length + 4].copy_from_slice(&sum.to_le_bytes());
    let used = cobs::encode(&raw[..length + 4], &mut bytes);
    bytes[used] = 0;
    board.device.receive(&bytes[..=used], board.world.now.get());
    board.smooth(3);
    let answer = board.host.answer(0).expect("an answer");
    assert_eq!((answer.command, answer.outcome), (0xEE, Outcome::Unknown));
}

#[test]
fn electrodes_are_debounced_and_masked() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(100);
    let off = LeadOff {
        positive: 0x04,
        negative: 0x80,
    };
    board.world.lead_off.set(off);
    board.smooth(100);
    board.world.lead_off.set(LeadOff::NONE);
    board.smooth(100);
    board.settle();
    let changes: Vec<Happening> = (board.host.occurrences.iter())
        .map(|one| one.what)
        .filter(|what| matches!(what, Happening::LeadOffChanged(_)))
        .collect();
    // Negative input 8 is not sensed.
    let sensed = LeadOff {
        positive: 0x04,
        negative: 0,
    };
    assert_eq!(
        changes,
        [
            Happening::LeadOffChanged(sensed),
            Happening::LeadOffChanged(LeadOff::NONE)
        ]
    );
    let seen = |samples: &ecg2mri_shim::wire::Samples| samples.lead_off == sensed;
    assert!(board.host.samples.iter().any(seen));
    let never = |samples: &ecg2mri_shim::wire::Samples| samples.lead_off.negative == 0;
    assert!(board.host.samples.iter().all(never));
}

#[test]
fn general_purpose_inputs_come_through() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(40);
    board.world.gpio.set(0b1010);
    board.smooth(40);
    let last = board.host.samples.last().expect("samples");
    assert_eq!(last.status.general_purpose_inputs(), 0b1010);
}

/// Acknowledgements wait for room; frames of samples do not.
#[test]
fn answers_survive_a_link_that_stalls() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(40);
    let deaf = Plan {
        take: 0,
        ..Plan::SMOOTH
    };
    (0..300).for_each(|_| board.convert(&deaf));
    let number = board.command(Command::Stop);
    (0..10).for_each(|_| board.convert(&deaf));
    assert!(board.host.answer(number).is_none());
    board.smooth(3);
    let outcome = board.host.answer(number).map(|answer| answer.outcome);
    assert_eq!(outcome, Some(Outcome::Done));
}

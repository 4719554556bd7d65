//! End to end: the simulated ADS1298, its driver, the acquisition, the link's bytes, and the host's
//! decoder.

use crate::host::Host;
use ecg2mri_shim::acquisition::{
    Ads129xFrontEnd, Clock as DeviceClock, Counter, Device, Item, Sampler, Timebase,
};
use ecg2mri_shim::ads129x::{
    Ads129x, Clock, Configuration, TWELVE_LEAD_CHANNELS, Variant, registers::Register,
};
use ecg2mri_shim::simulator::{
    BitFlip, Chip, DataReadyPin, Impedance, Moment, ResetPin, Side, Signal, SimulatedDelay,
    SimulatedSpi, Simulator, StartPin,
};
use ecg2mri_shim::wire::{
    ChannelChoice, Command, DeviceKind, FirmwareVersion, Happening, Hello, LeadOff, LeadOffMode,
    LeadOffSettings, Outcome, Verdict, microvolts_per_code,
};
use heapless::spsc::Queue;

/// Picovolts of a code at gain 6.
const STEP: f64 = 47_683.721;

/// Spells the number of each conversion; an electrode may be off.
struct Spelled {
    off: bool,
}

impl Signal for Spelled {
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64 {
        let code = (moment.conversion * 64 + 8 * channel as u64) as f64;
        let code = if channel.is_multiple_of(2) {
            code
        } else {
            -code
        };
        (code * STEP / 1000.0).round() as i64
    }

    fn impedance(&self, channel: usize, side: Side, _: Moment) -> Impedance {
        match (self.off, channel, side) {
            (true, 5, Side::Positive) => Impedance::Open,
            _ => Impedance::Ohms(0),
        }
    }
}

/// The conversion that all channels agree on.
fn read_chip(hello: &Hello, codes: &[i32]) -> u64 {
    let spelled = codes.iter().zip(&hello.channels).enumerate();
    let mut conversions = spelled.map(|(position, (&code, channel))| {
        let microvolts = microvolts_per_code(hello.reference_microvolts, channel.gain)
            .map(|step| step * f64::from(code));
        let code = microvolts.expect("all channels are on") * 1e6 / STEP;
        let code = if position.is_multiple_of(2) {
            code
        } else {
            -code
        };
        let conversion = (code - 8.0 * position as f64) / 64.0;
        let off = (conversion - conversion.round()).abs() * 64.0;
        assert!(off < 4.0, "channel {position} is {off} codes off");
        conversion.round() as u64
    });
    let first = conversions.next().expect("a channel");
    assert!(
        conversions.all(|conversion| conversion == first),
        "one conversion, whole"
    );
    first
}

type Bench = Simulator<Chip<Spelled>>;
type FrontEnd<'a> = Ads129xFrontEnd<
    SimulatedSpi<'a, Chip<Spelled>>,
    DataReadyPin<'a, Chip<Spelled>>,
    ResetPin<'a, Chip<Spelled>>,
    StartPin<'a, Chip<Spelled>>,
    SimulatedDelay<'a, Chip<Spelled>>,
>;

/// Microseconds of the chip's time.
struct Microseconds<'a>(&'a Bench);

impl Counter for Microseconds<'_> {
    fn count(&self) -> u32 {
        (self.0.with(|chip| chip.now()) / 1000) as u32
    }
}

struct Board<'a> {
    bench: &'a Bench,
    clock: DeviceClock<Microseconds<'a>>,
    sampler: Sampler<'a, FrontEnd<'a>, Microseconds<'a>>,
    device: Device<'a, 2048>,
    host: Host,
}

fn bench() -> Bench {
    // A percent fast, as internal oscillators are.
    let chip = Chip::new(Variant::Ads1298, Spelled { off: false }).with_clock(2_068_000);
    Simulator::new(chip)
}

impl<'a> Board<'a> {
    fn new(bench: &'a Bench, queue: &'a mut Queue<Item, 32>) -> Self {
        let driver = Ads129x::new(bench.spi(), bench.pins(), bench.delay(), Clock::NOMINAL);
        let configuration = Configuration::twelve_lead();
        let front_end =
            Ads129xFrontEnd::new(driver, Variant::Ads1298, Clock::NOMINAL, configuration);
        let timebase = Timebase::new(1_000_000);
        let firmware = FirmwareVersion {
            major: 1,
            minor: 2,
            patch: 3,
        };
        let leads = TWELVE_LEAD_CHANNELS.map(Some);
        let profile = front_end.profile(3, firmware, leads, 10, timebase);
        let settings = front_end.settings(true);
        let (producer, consumer) = queue.split();
        Self {
            bench,
            clock: DeviceClock::new(Microseconds(bench)),
            sampler: Sampler::new(front_end, Microseconds(bench), timebase, producer),
            device: Device::new(profile, settings, consumer),
            host: Host::new(read_chip, u64::MAX),
        }
    }

    fn turn(&mut self) {
        let now = self.clock.now();
        self.device.turn(&mut self.sampler, now);
        let bytes = self.device.outgoing();
        self.host.receive(bytes);
        let taken = bytes.len();
        self.device.sent(taken);
    }

    /// Serves so many edges, or waits two milliseconds where none come.
    fn run(&mut self, edges: usize) {
        for _ in 0..edges {
            let stuck = self
                .bench
                .with(|chip| chip.faults.stuck_data_ready.is_some());
            if !stuck && self.bench.advance_to_data_ready() {
                self.bench.advance(5_000);
                self.sampler.on_data_ready();
            } else {
                self.bench.advance(2_000_000);
            }
            self.turn();
        }
    }

    fn ask(&mut self, command: Command) -> Outcome {
        let (number, bytes) = self.host.command(command);
        let now = self.clock.now();
        self.device.receive(&bytes, now);
        self.run(3);
        self.host.answer(number).expect("an answer").outcome
    }

    /// Stops, and waits for the hello and state that come each second.
    fn settle(&mut self) {
        assert_eq!(self.ask(Command::Stop), Outcome::Done);
        self.run(600);
    }

    fn happened(&self, wanted: fn(&Happening) -> bool) -> usize {
        let occurrences = self.host.occurrences.iter();
        occurrences.filter(|one| wanted(&one.what)).count()
    }
}

#[test]
fn every_sample_is_a_conversion_of_the_chip() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(3000);
    assert!(board.host.delivered > 2900);
    assert_eq!(board.host.missing_samples, 0);
    assert_eq!(board.device.hello().device, DeviceKind::Ads1298);
    assert_eq!(board.device.hello().lead_off_sensed.positive, 0xFF);
    let ledger = bench.with(|chip| chip.ledger());
    assert!(ledger.is_clean(), "{ledger:?}");
    assert_eq!(ledger.spliced, 0);
}

#[test]
fn every_command_reaches_the_chip_and_every_sample_its_configuration() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(200);
    let all = ChannelChoice::All;
    let sensing = LeadOffSettings {
        mode: LeadOffMode::DirectCurrent,
        current_nanoamperes: 24,
        threshold_half_percent: 140,
        sensed: LeadOff {
            positive: 0x3F,
            negative: 0,
        },
    };
    for command in [
        Command::SetGain {
            channels: all,
            gain: 12,
        },
        Command::SetGain {
            channels: ChannelChoice::One(2),
            gain: 1,
        },
        Command::SetRate {
            millihertz: 1_000_000,
        },
        Command::SetRate {
            millihertz: 250_000,
        },
        Command::SetLeadOff(sensing),
        Command::SetRate {
            millihertz: 4_000_000,
        },
        Command::Stop,
        Command::Start,
    ] {
        assert_eq!(board.ask(command), Outcome::Done, "{command:?}");
        let delivered = board.host.delivered;
        board.run(100);
        let more = board.host.delivered - delivered;
        assert_eq!(more > 80, command != Command::Stop, "{command:?}: {more}");
    }
    let register = |register| bench.with(|chip| chip.register(register));
    assert_eq!(register(Register::LeadOff), 0b1110_1111);
    assert_eq!(register(Register::LeadOffSenseP), 0x3F);
    for command in [
        Command::SetRate {
            millihertz: 123_000,
        },
        // Sixteen bits mean something at this rate.
        Command::SetRate {
            millihertz: 32_000_000,
        },
        Command::SetGain {
            channels: all,
            gain: 7,
        },
        Command::SetLeadOff(LeadOffSettings {
            current_nanoamperes: 7,
            ..sensing
        }),
        Command::SetLeadOff(LeadOffSettings {
            sensed: LeadOff::NONE,
            ..sensing
        }),
    ] {
        assert_eq!(board.ask(command), Outcome::Impossible, "{command:?}");
    }
    assert_eq!(board.host.missing_samples, 0);
}

#[test]
fn an_electrode_that_comes_off_is_reported() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(200);
    bench.with(|chip| chip.signal.off = true);
    // What an open input converts is no number of a conversion.
    board.host.reader = |_, _| 0;
    board.host.apart = 0;
    board.run(100);
    bench.with(|chip| chip.signal.off = false);
    board.run(100);
    let off = |what: &Happening| match what {
        Happening::LeadOffChanged(off) => off.positive == 0x20,
        _ => false,
    };
    assert_eq!(board.happened(off), 1);
    assert_eq!(
        board.happened(|what| *what == Happening::LeadOffChanged(LeadOff::NONE)),
        1
    );
}

#[test]
fn the_chip_passes_its_self_test() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(200);
    assert_eq!(board.ask(Command::SelfTest), Outcome::Done);
    while board.host.self_tests.is_empty() {
        board.run(100);
        assert!(board.bench.with(|chip| chip.now()) < 20_000_000_000);
    }
    let result = board.host.self_tests.pop().expect("a result");
    assert_eq!(result.verdict, Verdict::Passed, "{result:?}");
    for channel in &result.channels {
        // Two millivolts, from minus one to plus one.
        assert!(channel.amplitude.abs_diff(41_943) < 50, "{channel:?}");
    }
    let delivered = board.host.delivered;
    board.run(200);
    assert!(board.host.delivered > delivered + 150);
    assert_eq!(board.host.missing_samples, 0);
}

#[test]
fn failed_transfers_and_lost_markers_are_counted() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(200);
    for round in 0..20 {
        match round % 2 {
            0 => bench.with(|chip| chip.faults.spi_error_after = Some(0)),
            _ => bench.with(|chip| {
                chip.faults.bit_flip = Some(BitFlip {
                    byte: 0,
                    mask: 0x40,
                    transfers: 1,
                });
            }),
        }
        board.run(1);
        bench.with(|chip| chip.faults.spi_error_after = None);
        board.run(17);
    }
    board.settle();
    board.host.balance();
    let counts = board.host.state.expect("a state").counts;
    assert_eq!(counts.lost, [0, 0, 10, 10]);
}

#[test]
fn a_chip_whose_data_ready_line_breaks_is_brought_up_again() {
    let (bench, mut queue) = (bench(), Queue::new());
    let mut board = Board::new(&bench, &mut queue);
    board.run(300);
    let conversions = bench.with(|chip| chip.ledger().conversions);
    bench.with(|chip| chip.faults.stuck_data_ready = Some(true));
    board.run(100);
    bench.with(|chip| chip.faults.stuck_data_ready = None);
    assert!(bench.with(|chip| chip.ledger().conversions) > conversions);
    board.run(200);
    assert_eq!(
        board.happened(|what| matches!(what, Happening::DataReadyStopped { .. })),
        0
    );
    // The chip went on meanwhile, so what it converted is known to the last.
    let lost = board.host.lost;
    assert!(lost[1] > 80 && lost[0] + lost[2] + lost[3] == 0, "{lost:?}");

    bench.with(|chip| chip.faults.stuck_data_ready = Some(true));
    board.run(200);
    bench.with(|chip| chip.faults.stuck_data_ready = None);
    board.run(1200);
    board.settle();
    board.host.balance();
    assert!(board.happened(|what| matches!(what, Happening::DataReadyStopped { .. })) >= 1);
    assert!(board.happened(|what| *what == Happening::FrontEndReset) >= 1);
}

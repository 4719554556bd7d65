//! The asynchronous driver does what the blocking one does.

use crate::rig::{chip, ledger, next, running, steps};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use ecg2mri_shim::ads129x::registers::Register;
use ecg2mri_shim::ads129x::{
    Ads129xAsync, Clock, Configuration, Error, ReadMode, ReadingError, Variant,
};
use ecg2mri_shim::simulator::{
    BitFlip, Chip, DataReadyPin, ResetPin, Signal, SimulatedDelay, SimulatedSpi, Simulator,
    StartPin,
};
use embedded_hal::digital::ErrorKind;

type Driver<'a, H> = Ads129xAsync<
    SimulatedSpi<'a, H>,
    DataReadyPin<'a, H>,
    ResetPin<'a, H>,
    StartPin<'a, H>,
    SimulatedDelay<'a, H>,
>;

/// Simulated waits end at once: one poll suffices.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("simulated hardware never waits"),
    }
}

fn driver<S: Signal>(simulator: &Simulator<Chip<S>>, by_pin: bool) -> Driver<'_, Chip<S>> {
    let pins = if by_pin {
        simulator.pins()
    } else {
        simulator.data_ready_pin()
    };
    Ads129xAsync::new(simulator.spi(), pins, simulator.delay(), Clock::NOMINAL)
}

#[test]
fn both_drivers_read_the_same() {
    let simulator = chip(Variant::Ads1298);
    let mut blocking = running(&simulator, &Configuration::twelve_lead());
    let expected = [(); 5].map(|()| next(&simulator, &mut blocking).expect("a conversion"));
    for by_pin in [true, false] {
        for mode in [ReadMode::Continuous, ReadMode::OnCommand] {
            let simulator = chip(Variant::Ads1298);
            let mut driver = driver(&simulator, by_pin);
            let readings = now(async {
                driver.power_up(Variant::Ads1298).await?;
                driver.configure(&Configuration::twelve_lead()).await?;
                driver.start(mode).await?;
                let mut readings = Vec::new();
                for _ in 0..5 {
                    readings.push(driver.next().await?);
                }
                driver.stop().await?;
                driver.stand_by().await?;
                driver.wake_up().await?;
                let _ = driver.gpio().await?;
                let _ = driver.lead_off().await?;
                driver.set_gpio(0).await?;
                assert_eq!(driver.is_right_leg_off().await?, None);
                assert_eq!(driver.read_register(Register::Id).await?, 0x92);
                Ok::<_, Error>(readings)
            });
            assert_eq!(readings.as_deref(), Ok(&expected[..]));
            assert_eq!(driver.variant(), Some(Variant::Ads1298));
            assert_eq!(driver.configuration(), Some(&Configuration::twelve_lead()));
            let counts = ledger(&simulator);
            assert!(counts.is_clean(), "{counts:?}");
            assert_eq!(counts.ignored_commands, 0);
        }
    }
}

#[test]
fn faults_and_wrong_order_are_told_alike() {
    let simulator = Simulator::new(Chip::new(Variant::Ads1298, steps));
    let mut driver = driver(&simulator, true);
    assert_eq!(now(driver.next()), Err(Error::NotPoweredUp));
    let wrong = Error::Variant {
        expected: Variant::Ads1294,
        found: Variant::Ads1298,
    };
    assert_eq!(now(driver.power_up(Variant::Ads1294)), Err(wrong));
    assert_eq!(now(driver.identify()), Ok(Variant::Ads1298));
    let refused = now(driver.start(ReadMode::Continuous));
    assert_eq!(refused, Err(Error::NotConfigured));
    simulator.with(|chip| chip.faults.writes_lost = true);
    let error = now(driver.configure(&Configuration::new()));
    assert!(matches!(error, Err(Error::ReadBack { .. })), "{error:?}");
    simulator.with(|chip| chip.faults.writes_lost = false);
    now(driver.configure(&Configuration::new())).expect("it obeys");
    now(driver.start(ReadMode::Continuous)).expect("it starts");
    let refused = now(driver.read_register(Register::Id));
    assert_eq!(refused, Err(Error::Converting));
    simulator.with(|chip| {
        chip.faults.bit_flip = Some(BitFlip {
            byte: 0,
            mask: 0x80,
            transfers: 1,
        });
    });
    let error = now(driver.next());
    let marker = ReadingError::Marker { first: 0x40 };
    assert_eq!(error, Err(Error::Reading(marker)));
    simulator.with(|chip| chip.faults.spi_error_after = Some(0));
    assert!(matches!(now(driver.next()), Err(Error::Spi(_))));
    simulator.with(|chip| chip.faults.stuck_data_ready = Some(true));
    assert_eq!(now(driver.next()), Err(Error::Pin(ErrorKind::Other)));
}

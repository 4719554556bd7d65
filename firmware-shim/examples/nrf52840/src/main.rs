#![no_std]
#![no_main]
use embassy_executor::{InterruptExecutor, Spawner};
use embassy_nrf::{
    bind_interrupts,
    buffered_uarte::{self, BufferedUarte},
    gpio::{Level, Output, OutputDrive, Pull},
    gpiote::{InputChannel, InputChannelPolarity},
    interrupt::{self, InterruptExt, Priority},
    peripherals,
    spim::{self, Spim},
    timer::Timer,
    uarte,
};
use embedded_hal_bus::spi::ExclusiveDevice;
use panic_halt as _;
bind_interrupts!(struct Interrupts {
    SPIM3 => spim::InterruptHandler<peripherals::SPI3>;
    UARTE0 => buffered_uarte::InterruptHandler<peripherals::UARTE0>;
});
static SAMPLING: InterruptExecutor = InterruptExecutor::new();
#[cortex_m_rt::interrupt]
unsafe fn EGU0_SWI0() {
    unsafe { SAMPLING.on_interrupt() }
}
use embassy_nrf::interrupt as _;

#[embassy_executor::task]
async fn sample(
    mut ready: InputChannel<'static>,
    mut spi: ExclusiveDevice<Spim<'static>, Output<'static>, embassy_time::Delay>,
) {
    loop {
        ready.wait().await;
        let mut b = [0u8; 27];
        use embedded_hal::spi::SpiDevice;
        let _ = spi.read(&mut b);
    }
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let mut config = embassy_nrf::config::Config::default();
    config.hfclk_source = embassy_nrf::config::HfclkSource::ExternalXtal;
    let p = embassy_nrf::init(config);
    let mut c = spim::Config::default();
    c.mode = spim::MODE_1;
    c.frequency = spim::Frequency::M8;
    let bus = Spim::new(p.SPI3, Interrupts, p.P1_15, p.P1_14, p.P1_13, c);
    let cs = Output::new(p.P1_12, Level::High, OutputDrive::Standard);
    let spi = ExclusiveDevice::new(bus, cs, embassy_time::Delay).unwrap();
    let ready = InputChannel::new(
        p.GPIOTE_CH0,
        p.P1_11,
        Pull::None,
        InputChannelPolarity::HiToLo,
    );
    let t = Timer::new(p.TIMER2);
    t.set_frequency(embassy_nrf::timer::Frequency::F1MHz);
    t.start();
    let mut c = uarte::Config::default();
    c.baudrate = uarte::Baudrate::BAUD460800;
    static RX: static_cell::ConstStaticCell<[u8; 256]> =
        static_cell::ConstStaticCell::new([0; 256]);
    static TX: static_cell::ConstStaticCell<[u8; 2048]> =
        static_cell::ConstStaticCell::new([0; 2048]);
    let u = BufferedUarte::new(
        p.UARTE0,
        p.TIMER1,
        p.PPI_CH0,
        p.PPI_CH1,
        p.PPI_GROUP0,
        p.P0_08,
        p.P0_06,
        Interrupts,
        c,
        RX.take(),
        TX.take(),
    );
    let (mut rx, mut tx) = u.split();
    interrupt::EGU0_SWI0.set_priority(Priority::P6);
    SAMPLING
        .start(interrupt::EGU0_SWI0)
        .spawn(sample(ready, spi).unwrap());
    loop {
        let mut b = [0; 10];
        let n =
            embassy_futures::select::select(rx.read(&mut b), embassy_time::Timer::after_millis(2))
                .await;
        let _ = tx.try_write(&b);
        let _ = t.cc(0).capture();
    }
}

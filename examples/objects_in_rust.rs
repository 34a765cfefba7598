// objects.cpp with the crate of sdk/rust: tells each step, and ends at the first that goes wrong.
//   objects_in_rust FOLDER        FOLDER is a bucket that it was given, or lies in one

use std::io;
use std::time::Duration;

use geds::{Event, Object, Range};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(folder: &str) -> io::Result<bool> {
    let path = format!("{folder}/numbers");
    for bucket in geds::buckets()? {
        println!("bucket {bucket}");
    }
    let mut watch = geds::watch(folder, Duration::from_secs(5))?;

    let numbers: String = (0..100_000).map(|i| format!("{i}\n")).collect();
    geds::put(&path, numbers.as_bytes())?;
    let size = geds::stat(&path)?.size_bytes;
    println!("{size} bytes");

    let object = Object::open(&path)?;
    object.prefetch(0, size)?;
    let (mut first, mut last, mut beyond) = ([0; 10], [0; 12], [0; 8]);
    let got = object.read_ranges(&mut [
        Range { offset_bytes: 0, into: &mut first },
        Range { offset_bytes: size - 12, into: &mut last },
        Range { offset_bytes: size, into: &mut beyond },
    ])?;
    print!("{got} bytes of two ends: {}...{}", text(&first), text(&last));

    object.set_metadata(b"from 0 on")?;
    println!("metadata {}", text(&object.metadata()?));

    let same = geds::get(&path)? == numbers.as_bytes();
    println!("{}", if same { "read as it was put" } else { "differs" });

    for name in geds::list(folder)? {
        println!("object {name}");
    }
    geds::delete(&path)?;
    for _ in 0..2 {
        match watch.next_event()? {
            Some(Event::Sealed(name)) => println!("sealed {name}"),
            Some(Event::Deleted(name)) => println!("deleted {name}"),
            other => println!("{other:?}"),
        }
    }
    Ok(same)
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| {
        eprintln!("usage: objects_in_rust FOLDER");
        std::process::exit(2);
    });
    match run(&folder) {
        Ok(true) => {}
        Ok(false) => std::process::exit(1),
        Err(error) => {
            eprintln!("objects_in_rust: {error}");
            std::process::exit(1);
        }
    }
}

//! The interface as C sees it: the header is what cbindgen makes, and a program in C does all of it. Without a compiler or
//! cbindgen that is skipped, with CI=true a compiler must be there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// What a command prints if it can be started, and succeeds.
fn run(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// Where cargo has put the libraries.
fn built(library: &str) -> PathBuf {
    let test = env::current_exe().expect("this test");
    let places = test.ancestors().skip(1).take(2);
    let found = places.map(|place| place.join(library)).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{library} is not beside {}", test.display()))
}

/// A directory of pools that is gone after the test.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_program_in_c_writes_publishes_and_reads_in_place() {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    if run(Command::new(&compiler).arg("--version")).is_none() {
        assert_ne!(
            env::var("CI").as_deref(),
            Ok("true"),
            "with CI=true this must not be skipped: there is no {compiler}"
        );
        println!("skipped: there is no {compiler}, install a C compiler");
        return;
    }
    let place = Place(Path::new("/dev/shm").join(format!("rust-c-{}", std::process::id())));
    fs::create_dir(&place.0).unwrap();
    let (program, header) = (format!("{HERE}/tests/program.c"), format!("-I{HERE}/include"));
    for (library, system) in
        [("libarrow_shm_c.so", [""; 0].as_slice()), ("libarrow_shm_c.a", &["-lpthread", "-ldl", "-lm"])]
    {
        let (library, executable) = (built(library), place.0.join("program"));
        let mut compile = Command::new(&compiler);
        compile.args(["-std=c11", "-Wall", "-Wextra", "-Werror", &header, &program, "-o"]).arg(&executable);
        compile.arg(&library).args(system);
        run(&mut compile).expect("the compiler was there");
        let mut started = Command::new(&executable);
        started.arg(&place.0).env("LD_LIBRARY_PATH", library.parent().unwrap());
        assert_eq!(run(&mut started).expect("it was compiled"), "done\n");
    }
}

#[test]
fn the_header_is_what_cbindgen_makes_of_the_source() {
    let Some(_) = run(Command::new("cbindgen").arg("--version")) else {
        println!("skipped: there is no cbindgen, `cargo install cbindgen` has it");
        return;
    };
    let made = run(Command::new("cbindgen").current_dir(HERE).args(["--config", "cbindgen.toml"]));
    let header = fs::read_to_string(format!("{HERE}/include/arrow_shm.h")).unwrap();
    assert_eq!(
        made.expect("cbindgen was there"),
        header,
        "run cbindgen as cbindgen.toml says, and commit what it makes"
    );
}

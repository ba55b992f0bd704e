fn main() -> std::process::ExitCode {
    monitorctl::main()
}

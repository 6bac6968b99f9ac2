import Foundation
import TestSupport
import Testing

/// `steward admin` against a running server, as a script uses it.
@Suite struct AdminCommandTests {
  @Test func commandsTheirOutputAndTheirExitCodes() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    let socket = folder + "/trial/admin.sock"
    func admin(_ arguments: [String], at path: String? = nil) async throws -> (code: Int32, text: String) {
      let program = try Program(executable: Program.steward, ["admin", "--socket", path ?? socket] + arguments, output: folder + "/admin.log")
      return (await program.ended(), program.text)
    }
    let nobody = try await admin(["-c", "HELLO"], at: folder + "/none")
    #expect(nobody.code == 4 && nobody.text.contains("Nobody answers at \(folder)/none"))

    let server = try Program("up", "--trial", folder + "/trial", "--listen", "127.0.0.1:0", output: folder + "/up.log")
    defer { server.end() }
    #expect(try await server.output(with: "Ctrl-C").contains("steward admin --socket \(socket) -c HELP"))

    let made = try await admin(["-c", "customer create code=ACME name=\"Acme Ltd\" zone=Europe/Berlin", "-c", "customer list"])
    #expect(made.code == 0 && made.text.contains(" code=ACME name=\"Acme Ltd\" ") && made.text.hasSuffix("rows=1 next=\n"), "\(made.text)")

    // A literal, a comment and an empty line; LF alone ends the lines of a file.
    let file = folder + "/commands.txt"
    try "# sites\n\nAS tenant=ACME\nunit add kind=site name={4}\nHome\nunit list\n".write(toFile: file, atomically: true, encoding: .utf8)
    let script = try await admin(["--json", "-f", file])
    #expect(script.code == 0 && script.text.contains("\"name\":\"Home\"") && script.text.hasSuffix("{\"rows\":1,\"next\":null}\n"), "\(script.text)")

    // The first failure ends a script and decides the exit code; asked to go on, it goes on.
    let wrong = ["-c", "customer create code=x", "-c", "customer list"]
    let stopped = try await admin(wrong)
    #expect(stopped.code == 3 && stopped.text.hasPrefix("322 code=input.invalid ") && !stopped.text.contains("rows="), "\(stopped.text)")
    let gone = try await admin(["--keep-going"] + wrong)
    #expect(gone.code == 3 && gone.text.contains("rows=1"), "\(gone.text)")
    #expect(try await admin(["-c", "customer read id=cus_0"]).code == 2)
    #expect(try await admin(["-c", "customer list", "-f", file]).code == 64)

    // What works on the database joins a trial that runs, and leaves it running; a second one to run it is refused.
    let export = try Program("catalog", "export", "--trial", folder + "/trial", output: folder + "/export.log")
    #expect(await export.ended() == 0 && export.text.contains("families:"), "\(export.text)")
    let second = try Program("up", "--trial", folder + "/trial", "--once", output: folder + "/second.log")
    #expect(await second.ended() == 2 && second.text.contains("Another process uses"), "\(second.text)")
    #expect(try await admin(["-c", "customer list"]).text.contains("rows=1"))
    server.end()
    #expect(await server.ended() == 0, "\(server.text)")
  }
}

import Foundation
import OperatingSystem
import Testing

@Suite struct UserAccountTests {
  /// The password file is the oracle: every local user in it must be found, by name and by number.
  @Test func agreesWithThePasswordFile() throws {
    let lines = try String(contentsOfFile: "/etc/passwd", encoding: .utf8).split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      let account = try #require(UserAccount(name: String(fields[0])))
      #expect(String(account.userId) == fields[2])
      #expect(String(account.groupId) == fields[3])
      #expect(UserAccount(userId: account.userId)?.userId == account.userId)
      #expect(account.groupIds.contains(account.groupId))
    }
  }

  @Test func anUnknownUserIsNil() {
    #expect(UserAccount(name: "no such user, by its spaces") == nil)
    #expect(UserAccount(userId: 4_294_967_294) == nil)
  }

  @Test func sudoIsBelievedOfRootOnly() throws {
    let root = try #require(UserAccount(userId: 0))
    let daemon = try #require(UserAccount(name: "daemon"))
    let claim = ["SUDO_USER": "daemon", "SUDO_UID": String(daemon.userId)]
    #expect(LocalOperator(account: root, environment: claim).description == "daemon (sudo)")
    #expect(LocalOperator(account: root, environment: [:]).description == "root")
    // The two variables contradict each other.
    #expect(LocalOperator(account: root, environment: ["SUDO_USER": "daemon", "SUDO_UID": "0"]).name == "root")
    #expect(LocalOperator(account: root, environment: ["SUDO_USER": "no such user", "SUDO_UID": "1"]).name == "root")
    // An ordinary user who claims to be another through sudo.
    let bin = try #require(UserAccount(name: "bin"))
    #expect(LocalOperator(account: bin, environment: claim).description == "bin")
    #expect(LocalOperator(account: daemon, environment: ["SUDO_USER": "root", "SUDO_UID": "0"]).description == "daemon")
  }
}

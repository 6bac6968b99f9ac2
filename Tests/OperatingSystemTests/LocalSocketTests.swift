import Foundation
import OperatingSystem
import TestSupport
import Testing

@Suite struct LocalSocketTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try body(folder)
  }

  private func mode(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions].flatMap { ($0 as? NSNumber)?.intValue }
  }

  /// Whether somebody answers there.
  private func answers(_ path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    } == 0
  }

  @Test func itIsForItsOwnerAndItsGroup() throws {
    try inFolder { folder in
      let path = folder + "/s"
      let old = umask(0)
      defer { umask(old) }
      let open = try LocalSocket(path: path, group: getegid())
      defer { close(open.descriptor) }
      #expect(mode(path) == 0o660)
      #expect(answers(path))
      umask(0o077)
      let strict = try LocalSocket(path: folder + "/t", group: nil)
      defer { close(strict.descriptor) }
      #expect(mode(folder + "/t") == 0o660, "whatever the mask says")
    }
  }

  /// A server that was killed leaves its socket behind; the next one takes the place.
  @Test func aStaleSocketIsReplaced() throws {
    try inFolder { folder in
      let path = folder + "/s"
      let dead = try LocalSocket(path: path, group: nil)
      #expect(throws: SystemCallError("bind", path, code: EADDRINUSE)) { try LocalSocket(path: path, group: nil) }
      close(dead.descriptor)
      #expect(!answers(path))
      let next = try LocalSocket(path: path, group: nil)
      #expect(answers(path))
      dead.removePath()
      #expect(answers(path), "the first does not take away what is the second's")
      close(next.descriptor)
      next.removePath()
      #expect(!FileManager.default.fileExists(atPath: path))
      next.removePath()
    }
  }

  /// What is no socket of ours is neither followed nor touched.
  @Test func whatElseIsThereStays() throws {
    try inFolder { folder in
      let path = folder + "/s"
      let target = folder + "/target"
      try "kept".write(toFile: target, atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
      #expect(throws: SystemCallError("bind", path, code: ELOOP)) { try LocalSocket(path: path, group: nil) }
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
      // One that leads nowhere is not filled either.
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder + "/nothing")
      #expect(throws: SystemCallError("bind", path, code: ELOOP)) { try LocalSocket(path: path, group: nil) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/nothing"))
      #expect(throws: SystemCallError("bind", target, code: ENOTSOCK)) { try LocalSocket(path: target, group: nil) }
      #expect(try String(contentsOfFile: target, encoding: .utf8) == "kept")
      #expect(throws: SystemCallError("bind", folder, code: ENOTSOCK)) { try LocalSocket(path: folder, group: nil) }
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func anotherUsersSocketStays() throws {
    try inFolder { folder in
      let path = folder + "/s"
      let other = try LocalSocket(path: path, group: nil)
      close(other.descriptor)
      #expect(chown(path, 65534, 65534) == 0)
      #expect(throws: SystemCallError("bind", path, code: EPERM)) { try LocalSocket(path: path, group: nil) }
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func pathsThatCannotBe() throws {
    try inFolder { folder in
      let longest = folder + "/" + String(repeating: "x", count: LocalSocket.longestPath - folder.utf8.count - 1)
      let socket = try LocalSocket(path: longest, group: nil)
      defer { close(socket.descriptor) }
      #expect(answers(longest))
      #expect(throws: SystemCallError("bind", longest + "x", code: ENAMETOOLONG)) { try LocalSocket(path: longest + "x", group: nil) }
      #expect(throws: SystemCallError("bind", "relative", code: EINVAL)) { try LocalSocket(path: "relative", group: nil) }
      #expect(throws: SystemCallError.self) { try LocalSocket(path: folder + "/none/s", group: nil) }
      let locked = open(folder, O_RDONLY)
      defer { close(locked) }
      #expect(flock(locked, LOCK_EX) == 0)
      #expect(throws: SystemCallError("flock", folder, code: EADDRINUSE)) { try LocalSocket(path: folder + "/s", group: nil) }
    }
  }

  @Test func theOperatorAtASocket() throws {
    let me = UserAccount.current
    let mine = try PeerCredentials((pid: 1, uid: me.userId, gid: me.groupId))
    let nobody = try PeerCredentials((pid: 1, uid: 65534, gid: 65534))
    let unnamed = try PeerCredentials((pid: 1, uid: 4_000_000_000, gid: 4_000_000_000))
    let root = try PeerCredentials((pid: 1, uid: 0, gid: 0))
    let rule = LocalPeerRule(ownUserId: 1, groupId: nil)
    #expect(LocalPeerRule(groupId: nil).operatorName(mine) == me.name)
    #expect(rule.operatorName(root) == "root")
    #expect(rule.operatorName(nobody) == nil)
    #expect(rule.operatorName(unnamed) == nil)
    #expect(LocalPeerRule(ownUserId: 1, groupId: 65534).operatorName(nobody) == UserAccount(userId: 65534)?.name, "by the group of the process")
    #expect(LocalPeerRule(ownUserId: 1, groupId: 4_000_000_000).operatorName(unnamed) == "4000000000", "a user without a name is its number")
    // Root's own group is listed for root in the name service.
    let listed = try PeerCredentials((pid: 1, uid: 0, gid: 12345))
    #expect(LocalPeerRule(ownUserId: 1, groupId: 0).operatorName(listed) == "root")
    #expect(throws: SystemCallError.self) { try PeerCredentials((pid: 0, uid: .max, gid: 0)) }
  }

  @Test func groups() throws {
    #expect(UserGroup(name: "root")?.groupId == 0)
    #expect(UserGroup(name: "no-such-group") == nil)
    #expect(UserGroup(name: "") == nil)
  }
}

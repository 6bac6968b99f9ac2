import Foundation
import OperatingSystem
import TestSupport
import Testing

@Suite struct SocketTests {
  @Test func thePeerOfASocketPairIsThisProcess() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { ends.forEach { close($0) } }
    let peer = try PeerCredentials(ofSocket: ends[0])
    #expect(peer.processId == getpid())
    #expect(peer.userId == geteuid())
    #expect(peer.groupId == getegid())
  }

  @Test func whatHasNoPeerIsRefused() throws {
    let unconnected = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(unconnected) }
    #expect(throws: SystemCallError.self) { try PeerCredentials(ofSocket: unconnected) }
    #expect(throws: SystemCallError.self) { try PeerCredentials(ofSocket: -1) }
  }

  /// The service manager's side of sd_notify(3): a datagram socket with a path, and one with an abstract address.
  @Test(arguments: [false, true]) func theServiceManagerHears(abstract: Bool) throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let address = abstract ? "@\(folder)" : "\(folder)/notify"
    let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(manager) }
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(address.utf8)
    if abstract { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let bound = withUnsafePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(manager, $0, length) } }
    try #require(bound == 0)

    let notifier = try #require(ServiceNotifier(notifySocket: address))
    try notifier.notify(.ready)
    try notifier.notify(.stopping)
    var heard: [String] = []
    for _ in 0..<2 {
      var buffer = [UInt8](repeating: 0, count: 100)
      let count = recv(manager, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      heard.append(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
    }
    #expect(heard == ["READY=1", "STOPPING=1"])
  }

  @Test func noServiceManagerIsNoError() throws {
    #expect(ServiceNotifier(notifySocket: nil) == nil)
    #expect(ServiceNotifier(notifySocket: "") == nil)
    #expect(ServiceNotifier(notifySocket: "relative") == nil)
    // One that is named but gone is.
    let gone = try #require(ServiceNotifier(notifySocket: "/nonexistent/notify"))
    #expect(throws: SystemCallError.self) { try gone.notify(.ready) }
    let long = try #require(ServiceNotifier(notifySocket: "/" + String(repeating: "x", count: 200)))
    #expect(throws: SystemCallError("sd_notify", "/" + String(repeating: "x", count: 200), code: ENAMETOOLONG)) { try long.notify(.ready) }
  }
}

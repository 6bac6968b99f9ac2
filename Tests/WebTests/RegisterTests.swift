import Kernel
import NIOCore
import NIOEmbedded
import TLS
import Testing

@testable import Web

/// Who gets in, and who must go for whom, when places are few.
@Suite struct RegisterTests {
  /// A connection from an address, which notes whether it was cut.
  private struct Visitor {
    let channel: EmbeddedChannel
    let cut = Cut()

    init(_ address: String) throws {
      channel = EmbeddedChannel(handler: cut)
      channel.remoteAddress = try SocketAddress(ipAddress: address, port: 1)
    }
  }

  private final class Cut: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var isCut = false

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
      if event is TLSHandler.Abort { isCut = true }
      promise?.succeed()
    }
  }

  private func register(_ connections: Int, perAddress: Int = 100) -> ConnectionRegister {
    var limits = WebLimits()
    limits.connections = connections
    limits.connectionsPerAddress = perAddress
    return ConnectionRegister(limits: limits)
  }

  @Test func aCrowdKeepsNobodyOut() throws {
    let register = register(4)
    let crowd = try (0..<3).map { _ in try Visitor("192.0.2.1") }
    let guest = try Visitor("192.0.2.2")
    for visitor in crowd + [guest] { #expect(register.open(visitor.channel) != nil) }
    let newcomer = try Visitor("192.0.2.3")
    #expect(register.open(newcomer.channel) != nil)
    #expect(crowd.map(\.cut.isCut) == [true, false, false], "the crowd's oldest makes room")
    #expect(!guest.cut.isCut && register.count == 4)
  }

  @Test func whoIsBeingAnsweredIsTheLastToGo() throws {
    let register = register(4)
    let crowd = try (0..<4).map { _ in try Visitor("192.0.2.1") }
    let places = crowd.compactMap { register.open($0.channel) }
    places.dropLast().forEach { $0.isAnswering.store(true, ordering: .relaxed) }
    #expect(try register.open(Visitor("192.0.2.2").channel) != nil)
    #expect(crowd.map(\.cut.isCut) == [false, false, false, true])
    #expect(try register.open(Visitor("192.0.2.2").channel) != nil)
    #expect(crowd.map(\.cut.isCut) == [true, false, false, true], "rather than keep a newcomer out for one of three")
  }

  @Test func nobodyMakesRoomForWhoHasAsMuch() throws {
    let register = register(4)
    let first = try (0..<2).map { _ in try Visitor("192.0.2.1") }
    let second = try (0..<2).map { _ in try Visitor("192.0.2.2") }
    for visitor in first + second { #expect(register.open(visitor.channel) != nil) }
    #expect(try register.open(Visitor("192.0.2.1").channel) == nil)
    #expect((first + second).allSatisfy { !$0.cut.isCut })
  }

  /// Half a hello costs more memory than a connection at rest: there are fewer places for these.
  @Test func handshakesHaveTheirOwnPlaces() throws {
    var limits = WebLimits()
    limits.handshakes = 3
    let register = ConnectionRegister(limits: limits)
    let guest = try Visitor("192.0.2.9")
    #expect(register.open(guest.channel) != nil)
    let crowd = try (0..<2).map { _ in try Visitor("192.0.2.1") }
    for visitor in crowd { #expect(register.open(visitor.channel) != nil) }
    let newcomer = try Visitor("192.0.2.3")
    let place = try #require(register.open(newcomer.channel))
    #expect(crowd.map(\.cut.isCut) == [true, false] && !guest.cut.isCut)
    // Whoever is through needs no such place any more.
    place.handshakeCompleted()
    #expect(try register.open(Visitor("192.0.2.4").channel) != nil)
    #expect(crowd.map(\.cut.isCut) == [true, false] && register.count == 4)
  }

  @Test func placesAreGivenBack() throws {
    let register = register(4, perAddress: 2)
    let visitors = try (0..<2).map { _ in try Visitor("192.0.2.1") }
    for visitor in visitors { #expect(register.open(visitor.channel) != nil) }
    #expect(try register.open(Visitor("192.0.2.1").channel) == nil)
    _ = try visitors[0].channel.finish()
    #expect(register.count == 1)
    #expect(try register.open(Visitor("192.0.2.1").channel) != nil)
  }

  /// A socket that takes both sees IPv4 clients as `::ffff:a.b.c.d`, all of one /64.
  @Test func addressesAreCountedAsClientsAre() throws {
    let register = register(10, perAddress: 1)
    for (address, isAdmitted) in [
      ("::ffff:192.0.2.1", true), ("::ffff:192.0.2.2", true), ("192.0.2.2", false), ("2001:db8::1", true), ("2001:db8::2", false), ("2001:db8:0:1::1", true),
    ] {
      #expect(try (register.open(Visitor(address).channel) != nil) == isAdmitted, "\(address)")
    }
  }
}

import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Operations
import Outbound
import Synchronization
import TLS
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// A receiver of webhooks over real TLS on this machine.
final class HookReceiver: Sendable {
  struct Message: Sendable {
    let headers: [String: String]
    let body: String
  }

  enum Answer: Sendable {
    case status(Int, [(String, String)])
    case nothing
    /// Header fields without end.
    case endless
    /// A status, and a body that never ends.
    case open
  }

  private let state = Mutex<(messages: [Message], answer: Answer)>(([], .status(204, [])))
  let port: Int
  let authorityFile: String
  private let channel: any NIOCore.Channel

  var messages: [Message] { state.withLock { $0.messages } }
  func answer(_ answer: Answer) { state.withLock { $0.answer = answer } }
  var url: String { "https://localhost:\(port)/hook?x=1" }

  static func with(_ body: (HookReceiver) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let context = try TLSContext(serving: try CertificateIdentity(certificateFile: trial.server.certificate, keyFile: trial.server.key))
    let place = Mutex<HookReceiver?>(nil)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(TLSHandler(server: context))
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler { place.withLock { $0 } })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let receiver = HookReceiver(port: channel.localAddress?.port ?? 0, authorityFile: trial.authorityFile, channel: channel)
    place.withLock { $0 = receiver }
    do {
      try await body(receiver)
    } catch {
      try? await channel.close().get()
      throw error
    }
    try await channel.close().get()
  }

  private init(port: Int, authorityFile: String, channel: any NIOCore.Channel) {
    self.port = port
    self.authorityFile = authorityFile
    self.channel = channel
  }

  func client(_ allowed: String = "127.0.0.1, ::1", total: TimeAmount = .seconds(5)) throws -> WebhookClient {
    var limits = WebhookClient.Limits()
    limits.total = total
    return try WebhookClient(trusting: authorityFile, allowing: AllowedAddresses(allowed) ?? .none, limits: limits, version: "test")
  }

  func couriers() throws -> Couriers { Couriers(mail: nil, sender: "", webhook: try client()) }

  private func take(_ message: Message) -> Answer {
    state.withLock {
      $0.messages.append(message)
      return $0.answer
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: () -> HookReceiver?
    private var headers: [String: String] = [:]
    private var body = ""

    init(_ receiver: @escaping () -> HookReceiver?) { self.receiver = receiver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        headers[":path"] = head.uri
      case .body(let bytes): body += String(buffer: bytes)
      case .end:
        switch receiver()?.take(Message(headers: headers, body: body)) ?? .nothing {
        case .status(let status, let fields):
          let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(fields + [("content-length", "0")]))
          context.write(wrapOutboundOut(.head(head)), promise: nil)
          context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .nothing: break
        case .open: context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok))), promise: nil)
        case .endless:
          let more = String(repeating: "x", count: 1000)
          let fields = (0..<2000).map { ("x-\($0)", more) }
          context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: HTTPHeaders(fields)))), promise: nil)
        }
      }
    }
  }
}

/// Webhooks: signed, once, and never to where they must not go.
@Suite struct WebhookTests {
  private func world(_ receiver: HookReceiver, account: Value = .null) async throws -> (world: NotificationsWorld, id: Value, secret: String) {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    let made = try await world.call("webhook.create", ["name": "Chat", "url": .text(receiver.url), "account": account])
    try await world.rule("incident.opened", ["channels": .array(["webhook"]), "webhook": made["id"] ?? .null])
    return (world, made["id"] ?? .null, made["secret"]?.text ?? "")
  }

  /// The signature is checked by another program than ours.
  @Test func messagesAreSigned() async throws {
    try await HookReceiver.with { receiver in
      let (world, id, secret) = try await world(receiver)
      let incident = try await world.incident("Drucker “A”")
      try await world.make(hasMail: false)
      try await world.deliver(try receiver.couriers())
      let message = try #require(receiver.messages.first)
      #expect(receiver.messages.count == 1)
      #expect(message.headers[":path"] == "/hook?x=1" && message.headers["content-type"] == "application/json")
      let told = try JSON.read(message.body)
      #expect(told["type"] == "incident.opened" && told["data"]?["incident"] == incident && told["id"]?.text == message.headers["webhook-id"])
      #expect(told["data"]?["title"] == "Drucker “A”" && told["data"]?["customer"] == .id(world.acme.publicId))
      #expect(try await isValid(message, secret))
      #expect(try await !isValid(message, "whsec_" + Base64.encode([UInt8](repeating: 7, count: 32))))
      // While two keys sign, either of them will do.
      let second = try await world.call("webhook.rotate_secret", ["id": id, "overlapHours": 1])["secret"]?.text ?? ""
      _ = try await world.incident("Second")
      try await world.make(hasMail: false)
      try await world.deliver(try receiver.couriers())
      let signedTwice = try #require(receiver.messages.last)
      for key in [secret, second] { #expect(try await isValid(signedTwice, key)) }
      world.database.clock.advance(seconds: 3600)
      _ = try await world.incident("Third")
      try await world.make(hasMail: false)
      try await world.deliver(try receiver.couriers())
      let last = try #require(receiver.messages.last)
      #expect(receiver.messages.count == 3)
      #expect(try await isValid(last, second))
      #expect(try await !isValid(last, secret))
    }
  }

  /// Sent, and the worker gone before it was recorded: the receiver gets it again under the same id, and drops it.
  @Test func theReceiverKnowsARepetition() async throws {
    try await HookReceiver.with { receiver in
      let (world, _, _) = try await world(receiver)
      _ = try await world.incident()
      try await world.make(hasMail: false)
      let client = try receiver.client()
      let (stopped, goOn) = AsyncStream<Void>.makeStream()
      let (sent, hasSent) = AsyncStream<Void>.makeStream()
      let first = Task {
        try await world.deliver(Couriers(mail: nil, sender: "", webhook: StoppingCourier(client: client, sent: hasSent, stopped: stopped)))
      }
      for await _ in sent {}
      world.database.clock.advance(seconds: 121)
      try await world.deliver(try receiver.couriers())
      goOn.finish()
      try await first.value
      let ids = receiver.messages.compactMap { $0.headers["webhook-id"] }
      #expect(ids.count == 2 && Set(ids).count == 1)
      #expect(receiver.messages.map(\.body).allSatisfy { $0 == receiver.messages[0].body })
      #expect(try await world.rows("webhook").map { "\($0.state) \($0.attempts)" } == ["sent 2"])
    }
  }

  @Test func hostileReceiversCostLittle() async throws {
    try await HookReceiver.with { receiver in
      let client = try receiver.client(total: .milliseconds(1500))
      let address = try #require(WebhookAddress(receiver.url))
      func post() async -> Delivery { await client.post(Array("{}".utf8), to: address, headers: []) }
      receiver.answer(.status(302, [("location", receiver.url)]))
      #expect(await post() == .later("answered 302: redirects are not followed"))
      #expect(receiver.messages.count == 1)
      receiver.answer(.status(503, [("retry-after", "1000000000")]))
      #expect(await post() == .later("answered 503"))
      receiver.answer(.status(410, []))
      #expect(await post() == .refused("answered 410: gone"))
      receiver.answer(.nothing)
      let started = ContinuousClock.now
      #expect(await post() == .later("no answer in time"))
      #expect(started.duration(to: .now) < .seconds(15))
      receiver.answer(.endless)
      let long = await client.post([], to: address, headers: [])
      #expect(long != .sent && long != .later("no answer in time"), "an answer without end is none: \(long)")
      receiver.answer(.open)
      #expect(await post() == .sent, "the status says it")
      // Nobody vouches for it, or it is somebody else.
      let stranger = try WebhookClient(allowing: AllowedAddresses("127.0.0.1, ::1") ?? .none, version: "test")
      guard case .later(let reason) = await stranger.post([], to: address, headers: []), reason.hasPrefix("TLS") else {
        Issue.record("a certificate that nobody vouches for was taken")
        return
      }
    }
  }

  /// A name that led to where it may, and now leads to this machine, is judged anew each time; and it is looked up once a message, so that the
  /// address that was judged is the one that is spoken to.
  @Test func aNameThatLeadsElsewhereNowIsRefused() async throws {
    try await HookReceiver.with { receiver in
      let address = try #require(WebhookAddress(receiver.url))
      // The receiver is at 127.0.0.1, and nobody at the other one.
      let answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"]]
      let asked = Mutex(0)
      let lookUp: WebhookClient.LookUp = { _, port in
        let number = asked.withLock { count in
          count += 1
          return count
        }
        return try answers[(number - 1) % answers.count].map { try SocketAddress(ipAddress: $0, port: port) }
      }
      func client(_ allowed: String) throws -> WebhookClient {
        try WebhookClient(trusting: receiver.authorityFile, allowing: AllowedAddresses(allowed) ?? .none, version: "test", lookUp: lookUp)
      }
      let strict = try client("127.0.0.2")
      func post(_ client: WebhookClient) async -> Delivery { await client.post(Array("{}".utf8), to: address, headers: []) }
      #expect(await post(strict) == .later("no connection"))
      let refusal = Delivery.refused("the host's address is not public, and not among those allowed")
      #expect(await post(strict) == refusal)
      #expect(await post(strict) == refusal, "one that may not be spoken to spoils all")
      #expect(receiver.messages.isEmpty)
      #expect(asked.withLock { $0 } == 3, "once a message")
      // Control: what stands there does take it.
      let open = try client("127.0.0.1, 127.0.0.2")
      _ = await post(open)
      #expect(await post(open) == .sent)
      #expect(receiver.messages.count == 1)
    }
  }

  /// One that is gone holds up no other.
  @Test func aReceiverThatIsGoneHoldsUpNoOther() async throws {
    try await HookReceiver.with { receiver in
      let (world, _, _) = try await world(receiver)
      let gone = try await world.call("webhook.create", ["name": "Gone", "url": "https://localhost:9/hook"])
      try await world.rule("incident.opened", ["channels": .array(["webhook"]), "webhook": gone["id"] ?? .null], name: "Gone")
      for number in 1...8 { _ = try await world.incident("Printer \(number)") }
      try await world.make(hasMail: false)
      for _ in 0..<2 { try await world.deliver(try receiver.couriers()) }
      #expect(receiver.messages.count == 8)
      let failing = try #require(try await world.call("notification.status")["failing"]?.array?.first)
      #expect(failing["webhook"] == gone["id"] && failing["failures"] == 5 && failing["restsUntil"] != .null)
    }
  }

  /// What the program behind a webhook does itself is not told to it.
  @Test func noCircleOfMachines() async throws {
    try await HookReceiver.with { receiver in
      let world = try await NotificationsWorld()
      try await world.retireStockRules()
      let made = try await world.call("webhook.create", ["name": "Chat", "url": .text(receiver.url), "account": world.engineerId])
      try await world.rule("incident.answered", ["channels": .array(["webhook"]), "webhook": made["id"] ?? .null])
      let incident = try await world.incident()
      try await world.comment(incident, "By the program", as: world.engineer)
      try await world.comment(incident, "By a person", as: world.colleague)
      try await world.make(hasMail: false)
      #expect(try await world.rows("webhook").count == 1)
      // And whoever goes round all the same comes to an end.
      for number in 1...40 { try await world.comment(incident, "Round \(number)", as: world.colleague) }
      try await world.make(hasMail: false)
      let states = Dictionary(grouping: try await world.rows("webhook"), by: \.state).mapValues(\.count)
      #expect(states == ["waiting": 30, "folded": 11])
    }
  }

  @Test func whereItMustNotGo() async throws {
    try await HookReceiver.with { receiver in
      let client = try receiver.client("")
      for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "017700000001", "127.1", "0", "169.254.169.254"] {
        let address = try #require(WebhookAddress("https://\(host):\(receiver.port)/"), "\(host)")
        let answer = await client.post([], to: address, headers: [])
        #expect(answer == .refused("the host's address is not public, and not among those allowed"), "\(host)")
      }
      #expect(receiver.messages.isEmpty)
    }
  }

  @Test(arguments: [
    "http://example.com/", "https://", "https:///x", "https://user@example.com/", "https://user:pw@example.com/", "https://example.com:0/",
    "https://example.com:65536/", "https://example.com:+1/", "https://exa mple.com/", "https://example.com/#x", "https://例.com/", "file:///etc/passwd",
    "https://example.com\r\nHost: x", "https://[::1", "https://-x.com", "HTTPS://example.com/", "https://a\\@b.com/",
  ])
  func addressesThatAreNone(_ url: String) { #expect(WebhookAddress(url) == nil) }

  @Test func addressesInParts() throws {
    let plain = try #require(WebhookAddress("https://hooks.example.com"))
    #expect(plain.host == "hooks.example.com" && plain.port == 443 && plain.target == "/" && plain.authority == "hooks.example.com")
    let full = try #require(WebhookAddress("https://[2606:4700::1]:8443?x=1"))
    #expect(full.host == "2606:4700::1" && full.port == 8443 && full.target == "/?x=1" && full.authority == "[2606:4700::1]:8443")
  }

  @Test(arguments: [
    ("127.0.0.1", "7f000001"), ("[::1]", "00000000000000000000000000000001"), ("[::]", "00000000000000000000000000000000"),
    ("[2606:4700::1]", "26064700000000000000000000000001"), ("[::ffff:10.0.0.1]", "00000000000000000000ffff0a000001"),
    ("[fe80::]", "fe800000000000000000000000000000"),
    ("hooks.example.com", "-"), ("10.1.2", "-"), ("1.2.3.256", "-"), ("[1::2::3]", "-"), ("[1:2:3]", "-"), ("[1:2:3:4:5:6:7:8:9]", "-"),
    ("[1:2:3:4:5:6:7:12345]", "-"),
  ])
  func addressesInFigures(host: String, bytes: String) throws {
    let address = try #require(WebhookAddress("https://\(host)/x"))
    let found = address.addressBytes.map { $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
    #expect(found ?? "-" == bytes)
  }

  /// Guard: it was taken, and refused again and again when messages should go there.
  @Test func anAddressThatMayNotBeSpokenToIsRefusedAtOnce() async throws {
    let world = try await NotificationsWorld()
    var dispatcher = world.database.dispatcher
    dispatcher.permitsAddress = { PublicAddress.isPublic($0) || $0 == [10, 20, 0, 7] }
    let asked = dispatcher
    func create(_ host: String) async -> String {
      await refusal {
        try await asked.invoke(
          "webhook.create", .object(["name": .text(host), "url": .text("https://\(host)/x")]), as: world.database.root, Call(requestId: "test")
        ).value
      }
    }
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.20.0.8", "169.254.169.254"] {
      #expect(await create(host) == "url webhook.url_not_public", "\(host)")
    }
    for host in ["10.20.0.7", "93.184.216.34", "hooks.example.com"] { #expect(await create(host) == "accepted", "\(host)") }
    let made = try await world.call("webhook.list")["items"]?.array?.first
    let change: Value = .object(["id": made?["id"] ?? .null, "url": "https://192.168.0.1/x"])
    let version = made?["version"]?.integer
    let refused = await refusal {
      try await asked.invoke("webhook.change", change, as: world.database.root, Call(requestId: "test", expectedVersion: version)).value
    }
    #expect(refused == "url webhook.url_not_public")
  }

  /// Against Python's own table of addresses, which reads IANA's registries.
  @Test func publicAddressesAgainstAnOracle() async throws {
    var random = SplitMix64(seed: 36)
    var bytes: [[UInt8]] = []
    for first in UInt8.min...UInt8.max { bytes.append([first, UInt8.random(in: 0...255, using: &random), 1, 1]) }
    for second in UInt8.min...UInt8.max {
      for first in [100, 169, 172, 192, 198, 203] as [UInt8] { bytes.append([first, second, UInt8.random(in: 0...255, using: &random), 9]) }
    }
    for _ in 0..<2000 { bytes.append((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }) }
    for prefix in [[0x20, 0x01], [0x20, 0x02], [0xfc, 0], [0xfe, 0x80], [0, 0], [0x3f, 0xff], [0xff, 2]] as [[UInt8]] {
      for _ in 0..<100 { bytes.append(prefix + (0..<14).map { _ in UInt8.random(in: 0...255, using: &random) }) }
    }
    let hex = bytes.map { $0.map { String($0, radix: 16).count == 1 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined() }
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try Data(hex.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/addresses"))
    let answers = try await MailTests.python(
      """
      import ipaddress, sys
      for line in open(sys.argv[1]):
          a = ipaddress.ip_address(bytes.fromhex(line.strip()))
          print('1' if a.is_global and not a.is_multicast else '0')
      """, "\(folder)/addresses"
    ).split(separator: "\n")
    #expect(answers.count == bytes.count)
    // We are stricter, never laxer: what Python calls public may be refused, as of 6to4 and of relays.
    for (address, answer) in zip(bytes, answers) where PublicAddress.isPublic(address) { #expect(answer == "1", "\(address)") }
    #expect(zip(bytes, answers).count { PublicAddress.isPublic($0) && $1 == "1" } > 300)
  }

  private func isValid(_ message: HookReceiver.Message, _ secret: String) async throws -> Bool {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    try Data(message.body.utf8).write(to: URL(fileURLWithPath: "\(folder)/body"))
    return try await MailTests.python(
      """
      import base64, hashlib, hmac, sys
      body, key, id, at, given = open(sys.argv[1], 'rb').read(), base64.b64decode(sys.argv[2][6:]), *sys.argv[3:6]
      right = 'v1,' + base64.b64encode(hmac.new(key, f'{id}.{at}.'.encode() + body, hashlib.sha256).digest()).decode()
      print(right in given.split(' '))
      """, "\(folder)/body", secret, message.headers["webhook-id"] ?? "", message.headers["webhook-timestamp"] ?? "",
      message.headers["webhook-signature"] ?? ""
    ) == "True\n"
  }
}

/// Posts for real, and then stands still before it says so.
private struct StoppingCourier: WebhookCourier {
  let client: WebhookClient
  let sent: AsyncStream<Void>.Continuation
  let stopped: AsyncStream<Void>

  func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery {
    let delivery = await client.post(body, to: address, headers: headers)
    sent.finish()
    for await _ in stopped {}
    return delivery
  }
}

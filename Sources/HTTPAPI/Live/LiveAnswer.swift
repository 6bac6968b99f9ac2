import Hummingbird
import HummingbirdCore
import Kernel
import Live
import NIOCore
import Operations
import Synchronization
import Web

/// The route of live updates: an answer without an end, which is no operation of its own.
enum LiveRoute {
  static let path = "/v1/live"
  static let contentType = "text/event-stream"
  static let lastEventIdName = RequestHeaders.name("Last-Event-ID")

  /// What each event holds, as ``LiveMessage/bytes`` writes it.
  static let data: [(kind: String, fields: KeyValuePairs<String, OutputType>)] =
    LiveEvent.Kind.allCases.map { kind in
      switch kind.process {
      case nil: (kind.rawValue, ["kind": .text, "at": .instant])
      case let process? where process.isOfCustomer:
        (kind.rawValue, ["kind": .text, "at": .instant, "customer": .id, process.rawValue: .id, "number": .text, "version": .integer])
      case let process?:
        (kind.rawValue, ["kind": .text, "at": .instant, process.rawValue: .id, "number": .text, "version": .integer])
      }
    } + [("reset", ["kind": .text])]

  /// Clients that lose the stream come back after this long, not all at once.
  static let retryMilliseconds = 1000...4000
}

/// A stream that has begun, and its first message.
package struct LiveAnswer: Sendable {
  let stream: LiveStream
  let first: LiveMessage
}

extension ResponseBody {
  /// Messages as they come, each when the client has taken the one before. A client that does not even take the end is cut.
  init(live answer: LiveAnswer, on eventLoop: any EventLoop, abort: @escaping @Sendable () -> Void) {
    let writing = Writing()
    answer.stream.whenEnded {
      eventLoop.scheduleTask(in: Self.patience) {
        if !writing.isOver.load(ordering: .acquiring) { abort() }
      }
    }
    self.init { writer in
      defer {
        writing.isOver.store(true, ordering: .releasing)
        answer.stream.end(.gone)
      }
      var next: LiveMessage? = answer.first
      try await writer.write(ByteBuffer(string: "retry: \(Int.random(in: LiveRoute.retryMilliseconds))\n\n"))
      while let message = next {
        try await writer.write(ByteBuffer(bytes: message.bytes))
        // A write only hands over to the event loop; whether the connection takes more is known when it has been there.
        try await eventLoop.submit {}.get()
        next = await answer.stream.next()
      }
      try await writer.finish(nil)
    }
  }

  /// How long a client may take for what is on the way when its stream ends.
  private static let patience = TimeAmount.seconds(1)

  private final class Writing: Sendable {
    let isOver = Atomic(false)
  }
}

extension LiveMessage {
  /// As the HTML standard writes server-sent events. An `id` without data moves the position and is no event.
  var bytes: [UInt8] {
    switch self {
    case .opened(let id), .heartbeat(let id): Array((":\n" + Self.line("id", id) + "\n").utf8)
    case .reset(let id): Self.block("reset", .object(["kind": "reset"]), id)
    case .events(let events, let id):
      // The position behind all of them goes with the last.
      events.enumerated().flatMap { Self.block($0.element.kind.rawValue, $0.element.value, $0.offset == events.count - 1 ? id : nil) }
    }
  }

  private static func block(_ event: String, _ data: Value, _ id: String?) -> [UInt8] {
    Array((line("id", id) + "event: \(event)\ndata: ").utf8) + JSON.write(data) + Array("\n\n".utf8)
  }

  private static func line(_ name: String, _ text: String?) -> String { text.map { "\(name): \($0)\n" } ?? "" }
}

extension LiveEvent {
  var value: Value {
    var members = [Value.Member("kind", .text(kind.rawValue)), Value.Member("at", .instant(at))]
    if let ticket {
      if let customer = ticket.customer { members.append(Value.Member("customer", .id(customer))) }
      members += [
        Value.Member(ticket.process.rawValue, .id(ticket.id)), Value.Member("number", .text(ticket.number)),
        Value.Member("version", .integer(ticket.version)),
      ]
    }
    return .object(members)
  }
}

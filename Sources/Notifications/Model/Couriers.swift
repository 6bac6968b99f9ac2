import Kernel

/// What became of an attempt to send something.
package enum Delivery: Sendable, Equatable {
  case sent
  /// Not now: it is tried again. With the reason, in words for whoever keeps the outbox.
  case later(String)
  /// Never: trying again would not help.
  case refused(String)
}

/// Takes mail to its receiver. It never throws: what goes wrong is a ``Delivery``.
package protocol MailCourier: Sendable {
  /// - Parameters:
  ///   - message: header and body (RFC 5322), lines ended by LF as a local mail command takes them.
  ///   - address: the one receiver.
  func send(_ message: [UInt8], to address: String) async -> Delivery
}

/// Posts to a webhook.
package protocol WebhookCourier: Sendable {
  func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery
  /// Whether it may speak to a network address, 4 or 16 bytes in network order.
  func permits(_ address: [UInt8]) -> Bool
}

extension WebhookCourier {
  package func permits(_ address: [UInt8]) -> Bool { true }
}

/// The ways out of this installation.
package struct Couriers: Sendable {
  /// Nil: no mail is sent.
  package let mail: (any MailCourier)?
  package let webhook: any WebhookCourier
  /// Whom mail comes from.
  package let sender: String

  package init(mail: (any MailCourier)?, sender: String, webhook: any WebhookCourier) {
    self.mail = mail
    self.sender = sender
    self.webhook = webhook
  }

  /// Whether mail can come from there.
  package static func isSender(_ text: String) -> Bool { MailAddress(text) != nil }
}

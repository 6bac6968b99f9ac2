import HTTPTypes
import Kernel
import NIOCore

/// Why the server, before any route, refuses a request. Reading a body throws it when the refusal comes midway; the
/// answer has then been given.
package enum Refusal: String, Error, Sendable, CaseIterable {
  /// The bytes are not HTTP/1.1, or can be read in two ways.
  case malformed
  case methodUnknown
  case targetTooLong
  case headerTooLarge
  case bodyTooLarge
  /// The header or the body came too slowly.
  case tooSlow
  case expectationUnknown

  package var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .methodUnknown: .methodNotAllowed
    case .targetTooLong: .uriTooLong
    case .headerTooLarge: .requestHeaderFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    case .tooSlow: .requestTimeout
    case .expectationUnknown: .expectationFailed
    }
  }

  package var message: Message {
    switch self {
    case .malformed: WebMessages.malformed
    case .methodUnknown: WebMessages.methodUnknown
    case .targetTooLong: WebMessages.targetTooLong
    case .headerTooLarge: WebMessages.headerTooLarge
    case .bodyTooLarge: WebMessages.bodyTooLarge
    case .tooSlow: WebMessages.tooSlow
    case .expectationUnknown: WebMessages.expectationUnknown
    }
  }
}

/// An answer that the server gives by itself.
package struct ProblemAnswer: Sendable {
  /// All but the length, the date and the fields of the connection.
  package let headers: HTTPFields
  package let body: [UInt8]

  package init(headers: HTTPFields, body: [UInt8]) {
    self.headers = headers
    self.body = body
  }
}

/// Writes such an answer to a request with these header fields, as far as they could be read. HTTPAPI owns its shape;
/// it is called on an event loop and must only compute.
package typealias ProblemWriter = @Sendable (_ status: HTTPResponse.Status, _ message: Message, _ request: HTTPFields) -> ProblemAnswer

package enum WebMessages: MessageCatalog {
  package static let malformed = Message("http.malformed", "The request is not valid HTTP/1.1.", zh: "该请求不是有效的 HTTP/1.1 请求。")
  package static let methodUnknown = Message("http.method_unknown", "This server does not know the method.", zh: "服务器不支持该请求方法。")
  package static let targetTooLong = Message("http.target_too_long", "The address of the request is too long.", zh: "请求地址过长。")
  package static let headerTooLarge = Message("http.header_too_large", "The header of the request is too large.", zh: "请求头过大。")
  package static let bodyTooLarge = Message("http.body_too_large", "The body of the request is too large.", zh: "请求正文过大。")
  package static let tooSlow = Message("http.too_slow", "The request came too slowly.", zh: "请求传输过慢。")
  package static let expectationUnknown = Message("http.expectation_unknown", "The server cannot meet this expectation.", zh: "服务器无法满足该请求的期望。")
  package static let failed = Message("http.failed", "Something went wrong on our side. Try again later.", zh: "服务器内部出错，请稍后重试。")

  package static let all = [malformed, methodUnknown, targetTooLong, headerTooLarge, bodyTooLarge, tooSlow, expectationUnknown, failed]
}

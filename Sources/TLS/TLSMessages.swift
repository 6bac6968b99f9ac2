import Kernel

package enum TLSMessages: MessageCatalog {
  package static let hasherBusy = Message(
    "password.busy", "Too many logins are being checked at once. Try again in a moment.", zh: "同时校验的登录过多，请稍后重试。")

  package static let all = [hasherBusy]
}

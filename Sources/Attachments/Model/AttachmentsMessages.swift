import Kernel

package enum AttachmentsMessages: MessageCatalog {
  static let contentTwice = Message(
    "attachments.content_twice", "The file came twice: as the body, and as text in this field.", zh: "文件重复提供：请求正文与此字段中各有一份。")
  static let notBase64 = Message(
    "attachments.base64", "This must be Base64 with its padding (RFC 4648), at most {most} bytes of it when decoded. Larger files go over HTTP, as the body.",
    zh: "必须是带填充的 Base64（RFC 4648），解码后最多 {most} 字节。更大的文件请通过 HTTP 以请求正文上传。")
  static let empty = Message("attachments.empty", "The file is empty.", zh: "文件为空。")
  static let programRefused = Message(
    "attachments.program", "This is a program ({type}), which this installation does not take.", zh: "该文件是可执行程序（{type}），此系统不接收。")
  static let overQuota = Message(
    "attachments.quota",
    "The files that count here take {used} of {quota} bytes, and this one has {bytes}. Delete some, which makes room a day later, or have the limit raised.",
    zh: "计入此上限的文件已占用 {used} 字节（上限 {quota} 字节），此文件为 {bytes} 字节。请删除部分文件（一天后释放空间）或申请提高上限。")
  static let oneSubject = Message(
    "attachments.one_subject", "Name what it belongs to by exactly one of: incident, request, problem, change, release, majorIncident.",
    zh: "须以 incident、request、problem、change、release、majorIncident 中恰好一项指明附件所属对象。")
  static let providersOwn = Message(
    "attachments.providers_own", "What is attached to a problem, a change, a release or a major incident is the provider's own: internal.",
    zh: "问题、变更、发布与重大事件的附件仅属服务商内部：internal。")
  static let tooLargeForText = Message(
    "attachments.too_large_for_text", "The file has {bytes} bytes, more than the {most} that go as text. Download it over HTTP.",
    zh: "文件为 {bytes} 字节，超过以文本返回的上限 {most} 字节。请通过 HTTP 下载。")
  static let deleted = Message("attachments.deleted", "The attachment was deleted.", zh: "该附件已被删除。")
  static let missing = Message(
    "attachments.missing", "The file of this attachment is not in the store. The operator has been told; it may be in a backup.",
    zh: "存储中找不到此附件的文件。已通知系统运维人员，也许可从备份恢复。")

  package static let all = [
    contentTwice, notBase64, empty, programRefused, overQuota, oneSubject, providersOwn, tooLargeForText, deleted, missing,
  ]
}
